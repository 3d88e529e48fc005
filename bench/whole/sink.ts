import { createSocket } from 'node:dgram';

/**
 * Takes the place of all pages that receive: a socket that nobody ever reads, so that receiving costs the machine nothing
 * that would be a browser's. Only a process that stands still does not read.
 */
const socket = createSocket('udp4').bind(0, '127.0.0.1', () => {
  process.send?.(socket.address().port, () => process.kill(process.pid, 'SIGSTOP'));
});
