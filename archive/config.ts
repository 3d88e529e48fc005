import { z } from 'zod';
import { commonFields, port } from '../service/config.ts';

const secret = z.string().min(16, 'must have at least 16 characters');

/** The archive's keys (design §4.1); `.env.example` lists them with their meaning. */
export const configFields = {
  ...commonFields,
  HOST: z.string().default('127.0.0.1').describe('address that the web page is served on'),
  PORT: port.default(3000).describe('port that the web page is served on'),
  PUBLIC_URL: z.url().optional().describe('address that people use, when a proxy stands in front'),
  TLS_CERT: z.string().optional().describe('certificate file (PEM): serves HTTPS, together with TLS_KEY'),
  TLS_KEY: z.string().optional().describe('private key file (PEM) of TLS_CERT'),
  SECRET: secret.describe('keys the stored sessions; made at the first start'),
  JOIN_SECRET: secret.describe('signs join tokens; made at the first start; the only key an integrator gets'),
  RECORDER_TOKEN: secret.describe('shared by SFU, recorders and archive; made at the first start'),
  ADMIN_PASSWORD: z
    .string()
    .max(1024)
    .optional()
    .describe('password of /admin; without it one is made and shown at the first start'),
  RECORDINGS_DIR: z.string().default('./recordings').describe('where recordings are written and served from'),
  DATA_DIR: z.string().default('./data').describe('where the databases and generated secrets are kept'),
  SFU_URL: z.url().default('http://127.0.0.1:3001').describe('where archive and recorder reach the SFU'),
};
