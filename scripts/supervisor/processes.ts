import { resolve } from 'node:path';
import type { z } from 'zod';
import { configFields as archiveFields } from '#archive/config.ts';
import { configFields as recorderFields } from '#recorder/config.ts';
import { RECORDER_NODE_FLAGS } from '#recorder/node-flags.ts';
import { readConfig } from '#service/config.ts';
import { configFields as sfuFields } from '#sfu/config.ts';
import type { Environment } from './environment.ts';
import type { NeededPort } from './preflight.ts';

/** The processes in the order in which they start; each entry is run by the project's Node. */
export const processes = [
  { name: 'sfu', entry: 'sfu/main.ts', nodeFlags: [], fields: sfuFields },
  { name: 'recorder', entry: 'recorder/main.ts', nodeFlags: RECORDER_NODE_FLAGS, fields: recorderFields },
  { name: 'archive', entry: 'archive/main.ts', nodeFlags: [], fields: archiveFields },
] as const;

const fields = { ...sfuFields, ...recorderFields, ...archiveFields };
export type Config = z.infer<z.ZodObject<typeof fields>>;

/** Every key of the three processes, checked before any of them starts. @throws Fault `config-invalid` that names every wrong key */
export function readAllConfig(env: Environment): Config {
  return readConfig(fields, env);
}

/** What a process with these keys is given: nothing that only the others read, and so none of their secrets. */
export function environmentFor(own: object, env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([key]) => key in own || !(key in fields)));
}

/** The two folders that are written to, as absolute paths. */
export function folders(env: Environment, root: string): { dataDir: string; recordingsDir: string } {
  return {
    dataDir: resolve(root, archiveFields.DATA_DIR.parse(env.DATA_DIR)),
    recordingsDir: resolve(root, archiveFields.RECORDINGS_DIR.parse(env.RECORDINGS_DIR)),
  };
}

/** The ports that are listened on at once; those for each recorded person are taken when they are needed. */
export function neededPorts(config: Config): NeededPort[] {
  const workers = Array.from({ length: config.SFU_WORKERS }, (_, index) => config.RTC_PORT + index);
  return [
    { key: 'PORT', host: config.HOST, port: config.PORT, protocol: 'tcp' },
    { key: 'SFU_PORT', host: config.SFU_HOST, port: config.SFU_PORT, protocol: 'tcp' },
    {
      key: 'RECORDER_HEALTH_PORT',
      host: config.RECORDER_HOST,
      port: config.RECORDER_HEALTH_PORT,
      protocol: 'tcp',
    },
    ...workers.flatMap((port): NeededPort[] => [
      { key: 'RTC_PORT', host: config.HOST, port, protocol: 'udp' },
      { key: 'RTC_PORT', host: config.HOST, port, protocol: 'tcp' },
    ]),
  ];
}
