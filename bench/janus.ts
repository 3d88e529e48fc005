import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { type Load, measure, type Row, talks } from './load.ts';
import type { Target } from './sender-messages.ts';
import { SenderProcess } from './sender-process.ts';

/** Debian's `janus`: the program, and where its plugins and transports lie. */
const JANUS = process.env.JANUS_PATH ?? 'janus';
const LIBRARIES = process.env.JANUS_LIBRARIES ?? '/usr/lib/x86_64-linux-gnu/janus';
const [FIRST_PORT, API_PORT] = [48_000, 47_990];
const SECRET = 'of the bench alone';
/** So often it is looked whether it answers. */
const [LOOK_INTERVAL_MS, LOOKS] = [100, 100];
const PLUGINS =
  'audiobridge duktape echotest lua nosip recordplay sip textroom videocall videoroom voicemail'.split(' ');
const TRANSPORTS = 'mqtt nanomsg pfunix rabbitmq websockets'.split(' ');
const answerSchema = z.object({ janus: z.string(), data: z.object({ id: z.number() }).optional() });

/**
 * The other way to record at a packet's cost: a Janus with a mountpoint of plain RTP for each participant, which writes every
 * packet as it comes into files of its own kind. None of them plays before its tool has been over them.
 */
export async function runJanus(load: Load, root: string): Promise<Row> {
  const folder = await mkdtemp(join(root, 'janus-'));
  const sender = new SenderProcess();
  const targets = Array.from({ length: load.participants }, (_, participant): Target => {
    const videoPort = FIRST_PORT + 4 * participant;
    const talking = talks(load, participant);
    return { videoPort, audioPort: videoPort + 2, reportsTo: undefined, talks: talking };
  });
  let child: ChildProcess | undefined;
  try {
    await sender.ready();
    await writeConfiguration(folder, targets);
    child = spawn(JANUS, ['-F', folder, '-C', join(folder, 'janus.jcfg')], { stdio: 'ignore' });
    await record(folder, load.participants);
    await sender.sendTo(targets);
    const ports = targets.flatMap(({ audioPort, videoPort }) => [audioPort, videoPort]);
    const { dropped, spent: _, ...usage } = await measure(load, [child.pid ?? 0], ports, 0);
    const { participants, talking } = load;
    return {
      recorder: 'janus',
      participants,
      talking,
      ...usage,
      lostDatagrams: dropped,
      eventLoopDelayP99Ms: undefined,
    };
  } finally {
    await sender.end();
    if (child && child.exitCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true });
  }
}

async function writeConfiguration(folder: string, targets: readonly Target[]): Promise<void> {
  const without = (names: readonly string[]) => names.map((name) => `libjanus_${name}.so`).join(',');
  await mkdir(join(folder, 'files'));
  const general = [
    `configs_folder = "${folder}"; plugins_folder = "${LIBRARIES}/plugins"; transports_folder = "${LIBRARIES}/transports"`,
    `events_folder = "${folder}/none"; loggers_folder = "${folder}/none"; debug_level = 2; session_timeout = 0`,
  ].join('; ');
  const parts = {
    'janus.jcfg': `general: { ${general} }
plugins: { disable = "${without(PLUGINS)}" }
transports: { disable = "${without(TRANSPORTS)}" }`,
    'janus.transport.http.jcfg': `general: { base_path = "/janus"; http = true; ip = "127.0.0.1"; port = ${API_PORT}; https = false }
admin: { admin_http = false; admin_https = false }`,
    'janus.plugin.streaming.jcfg': targets
      .map(({ audioPort, videoPort }, index) => {
        const media = (type: string, port: number, pt: number, codec: string) =>
          `{ type = "${type}"; mid = "${type}"; port = ${port}; iface = "127.0.0.1"; pt = ${pt}; codec = "${codec}" }`;
        const both = `${media('audio', audioPort, 111, 'opus')}, ${media('video', videoPort, 102, 'h264')}`;
        return `p${index}: { type = "rtp"; id = ${index + 1}; secret = "${SECRET}"; media = ( ${both} ) }`;
      })
      .join('\n'),
  };
  for (const [name, content] of Object.entries(parts)) await writeFile(join(folder, name), `${content}\n`);
}

/** Every mountpoint is recorded from here on. */
async function record(folder: string, people: number): Promise<void> {
  const session = `/${await idOf('', { janus: 'create' })}`;
  const plugin = `${session}/${await idOf(session, { janus: 'attach', plugin: 'janus.plugin.streaming' })}`;
  for (let index = 0; index < people; index += 1) {
    const media = ['audio', 'video'].map((mid) => ({
      mid,
      filename: join(folder, 'files', `${index}-${mid}`),
    }));
    const body = { request: 'recording', action: 'start', id: index + 1, secret: SECRET, media };
    await ask(plugin, { janus: 'message', body });
  }
}

async function idOf(path: string, request: object): Promise<number> {
  const id = (await ask(path, request)).data?.id;
  if (id === undefined) throw new Error('Janus gives no id.');
  return id;
}

async function ask(path: string, request: object): Promise<z.infer<typeof answerSchema>> {
  const body = JSON.stringify({ ...request, transaction: 'bench' });
  for (let look = 1; ; look += 1) {
    try {
      const answer = await fetch(`http://127.0.0.1:${API_PORT}/janus${path}`, { method: 'POST', body });
      const parsed = answerSchema.parse(await answer.json());
      if (parsed.janus !== 'success') throw new Error(`Janus answers ${parsed.janus} to ${body}.`);
      return parsed;
    } catch (cause) {
      // Until it has started nobody listens.
      if (look === LOOKS || !(cause instanceof TypeError)) throw cause;
      await setTimeout(LOOK_INTERVAL_MS);
    }
  }
}
