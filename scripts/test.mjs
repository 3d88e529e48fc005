import { handOver } from './setup/hand-over.mjs';

handOver('test.ts');
