import { handOver } from './setup/hand-over.mjs';

handOver('start.ts');
