#!/bin/sh
# What it costs Node to receive sixty people's datagrams one by one, and in batches through a foreign function interface.
#
# Expected: most of it is the kernel's, so that reading many with one call saves little, and an FFI call takes back some of it.
# Seen (Node 20.20 and 24.21, koffi 3.3.4, Linux 6.18, two shared cores, 9,000 datagrams of 90 and 1,100 bytes a second on 60 sockets):
#   node:dgram, doing nothing with them        13 to 17 µs of CPU a datagram
#   recvmmsg(2) through koffi, every 20 ms      3 to 4 µs, copied out of its memory and made a Buffer included
# What dgram costs is waking up for each and the objects that it makes. koffi's binaries lie in its packages,
# so neither a compiler nor an install script is needed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact --ignore-scripts koffi@3.3.4
cat > receive.mjs <<'J'
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import koffi from 'koffi';
const [way, sockets] = [process.argv[2], Number(process.argv[3])];
const ports = [];
let count = 0;
const take = (datagram) => { if (datagram.length > 0) count += 1; };
if (way === 'dgram') {
  for (let i = 0; i < sockets; i += 1) {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
    socket.on('message', take);
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    ports.push(socket.address().port);
  }
} else {
  const BATCH = 32, SLOT = 2048, MESSAGE = 64;
  const libc = koffi.load(null);
  const call = (declaration) => libc.func(declaration);
  const socket = call('int socket(int, int, int)');
  const bind = call('int bind(int, void *, uint32_t)');
  const getsockname = call('int getsockname(int, void *, void *)');
  const setsockopt = call('int setsockopt(int, int, int, void *, uint32_t)');
  const recvmmsg = call('int recvmmsg(int, void *, uint32_t, int, void *)');
  const slots = Buffer.alloc(BATCH * SLOT), vectors = Buffer.alloc(BATCH * 16), messages = Buffer.alloc(BATCH * MESSAGE);
  for (let i = 0; i < BATCH; i += 1) {
    vectors.writeBigUInt64LE(koffi.address(slots) + BigInt(i * SLOT), i * 16);
    vectors.writeBigUInt64LE(BigInt(SLOT), i * 16 + 8);
    messages.writeBigUInt64LE(koffi.address(vectors) + BigInt(i * 16), i * MESSAGE + 16);
    messages.writeBigUInt64LE(1n, i * MESSAGE + 24);
  }
  globalThis.kept = [slots, vectors, messages];
  const descriptors = Array.from({ length: sockets }, () => {
    const descriptor = socket(2, 2, 0);
    const address = Buffer.from([2, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    const four = (value) => { const bytes = Buffer.alloc(4); bytes.writeInt32LE(value); return bytes; };
    setsockopt(descriptor, 1, 8, four(1 << 20), 4);
    if (bind(descriptor, address, 16) !== 0) throw new Error('bind');
    getsockname(descriptor, address, four(16));
    ports.push(address.readUInt16BE(2));
    return descriptor;
  });
  let block = Buffer.allocUnsafeSlow(65536), used = 0;
  setInterval(() => {
    for (const descriptor of descriptors) {
      for (let got = BATCH; got === BATCH; ) {
        got = recvmmsg(descriptor, messages, BATCH, 0x40, null);
        for (let i = 0; i < got; i += 1) {
          const length = messages.readUInt32LE(i * MESSAGE + 56);
          if (used + length > block.length) { block = Buffer.allocUnsafeSlow(65536); used = 0; }
          const datagram = block.subarray(used, used + length);
          slots.copy(datagram, 0, i * SLOT, i * SLOT + length);
          used += length;
          take(datagram);
        }
      }
    }
  }, Number(process.argv[4]));
}
process.on('message', () => process.send({ count, cpu: process.cpuUsage() }));
process.on('disconnect', () => process.exit());
process.send(ports);
J
cat > try.mjs <<'J'
import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
const SOCKETS = 60, PICTURE_MS = 1000 / 30;
const receivers = [];
for (const args of [['dgram'], ['batches', 20]]) {
  const child = fork('./receive.mjs', [args[0], SOCKETS, ...args.slice(1)].map(String));
  receivers.push({ name: args.join(' '), child, ports: (await once(child, 'message'))[0] });
}
const sender = createSocket('udp4').bind(0);
await once(sender, 'listening');
const [picture, sound] = [Buffer.alloc(1100), Buffer.alloc(90)];
const sinceMs = performance.now();
let due = 0;
setInterval(() => {
  for (; (due * PICTURE_MS) / SOCKETS < performance.now() - sinceMs; due += 1)
    for (const { ports } of receivers)
      for (const datagram of [picture, picture, picture, picture, sound]) sender.send(datagram, ports[due % SOCKETS], '127.0.0.1');
}, 2);
const look = ({ child }) => { child.send('?'); return once(child, 'message'); };
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
await wait(2000);
const before = await Promise.all(receivers.map(look));
await wait(6000);
const after = await Promise.all(receivers.map(look));
const costs = receivers.map(({ name }, i) => {
  const [[from], [to]] = [before[i], after[i]];
  const spent = to.cpu.user + to.cpu.system - from.cpu.user - from.cpu.system;
  const each = spent / (to.count - from.count);
  console.log(`${name}: ${to.count - from.count} datagrams, ${each.toFixed(1)} µs of CPU each`);
  return each;
});
if (!(costs[1] < costs[0] / 2)) throw new Error('batches no longer cost less than half of it');
process.exit();
J
node try.mjs
