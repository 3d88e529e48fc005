#!/bin/sh
# What a packet of encoded silence does to a voice, where it stands in place of other packets.
#
# Expected: after 20 ms of silence a decoder has the voice again with the next packet or the one behind it.
# Seen (libopus as libopus-wasm 0.4.0 has it; a made voice at 16, 32 and 64 kbit/s, packets of 20 ms):
#   in the middle of the voice, in a lost packet's place  the packet behind it is 20 to 40 dB quieter, the fourth still 6 to 10;
#                                                         the eighth is itself again at 32 and 64 kbit/s, at 16 it is not: the
#                                                         encoder went on from sound that the decoder never had
#   in a pause of the sender (DTX), however long          the first packet behind it is as loud as without DTX, within 0.1 dB
# So silence can be put wherever a sender said nothing, and is heard beyond its own 20 ms wherever a packet was lost.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact libopus-wasm@0.4.0
cat > try.mjs <<'J'
import { Application, createDecoder, createEncoder } from 'libopus-wasm';
const RATE = 48000, PACKET = 960;
const SILENCE = Buffer.from('f8fffe', 'hex');
/** A gliding pitch with its harmonics, and nothing in its pauses. */
function voice(seconds, isPause) {
  let phase = 0;
  return Float32Array.from({ length: seconds * RATE }, (_, at) => {
    // A voice does not begin with a packet.
    const t = at / RATE + 0.005, hz = 130 + 25 * Math.sin(3.8 * t);
    phase += (2 * Math.PI * hz) / RATE;
    if (isPause(t)) return 0;
    let sum = 0;
    for (let harmonic = 1; harmonic < 30; harmonic += 1) sum += Math.sin(harmonic * phase) / harmonic;
    return 0.1 * sum;
  });
}
async function encode(said, bitrate, dtx) {
  const encoder = await createEncoder({ channels: 1, sampleRate: RATE, application: Application.Voip, bitrate, dtx });
  return Array.from({ length: said.length / PACKET }, (_, index) =>
    Buffer.from(encoder.encodeFloat(said.subarray(index * PACKET, (index + 1) * PACKET))));
}
async function decode(packets) {
  const decoder = await createDecoder({ channels: 1, sampleRate: RATE });
  return packets.map((packet) => Float32Array.from(decoder.decodeFloat(packet)));
}
const level = (samples) => 10 * Math.log10(samples.reduce((sum, one) => sum + one * one, 1e-12) / samples.length);
let failed = false;
const expect = (what, isSo) => { if (!isSo) { console.error(`changed: ${what}`); failed = true; } };
for (const bitrate of [16000, 32000, 64000]) {
  const steady = await encode(voice(3, () => false), bitrate, false);
  const lost = [40, 75, 110];
  const [whole, heard] = [await decode(steady), await decode(steady.map((one, at) => (lost.includes(at) ? SILENCE : one)))];
  const behind = [1, 2, 3, 4, 8].map((by) => Math.max(...lost.map((at) => level(whole[at + by]) - level(heard[at + by]))));
  console.log(`${bitrate / 1000} kbit/s, in mid-voice: packets 1, 2, 3, 4 and 8 behind it are quieter by up to ${behind.map((db) => db.toFixed(1)).join(', ')} dB`);
  expect(`the first packet at ${bitrate}`, behind[0] > 15);
  expect(`the eighth packet at ${bitrate}`, behind[4] < 1 === bitrate > 16000);
  const talk = voice(12, (t) => t % 4 < 3);
  const [plain, sparse] = [await encode(talk, bitrate, false), await encode(talk, bitrate, true)];
  const filled = sparse.map((one) => (one.length > 2 ? one : SILENCE));
  const [all, left, said] = [await decode(plain), await decode(sparse), await decode(filled)];
  const first = (heard) => [150, 350, 550].map((at) => level(heard[at]) - level(all[at]));
  const count = filled.filter((one) => one === SILENCE).length;
  const words = (dbs) => dbs.map((db) => db.toFixed(2)).join(', ');
  console.log(`${bitrate / 1000} kbit/s, in pauses: silence in place of ${count} of ${filled.length} packets, the first of the voice differs by ${words(first(said))} dB from no DTX, by ${words(first(left))} where the packets of the pause are decoded`);
  expect(`how many packets are silence at ${bitrate}`, count > 300);
  expect(`the first packet behind a pause at ${bitrate}`, first(said).every((db) => Math.abs(db) < 0.1));
}
process.exit(failed ? 1 : 0);
J
node try.mjs
