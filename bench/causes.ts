import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What V8 writes with `--cpu-prof`, as far as it is read: a tree of functions, and which one ran when. */
const profileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  /** On the monotonic clock, as `timeDeltas`: µs. */
  startTime: z.number(),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});
export type Profile = z.infer<typeof profileSchema>;
type CallFrame = Profile['nodes'][number]['callFrame'];

const NATIVE = 'Node and kernel, outside of any function: sockets, pipes';
const IDLE = 'idle';
const REST = 'the rest';

/** The innermost function that one of these fits says what its time was for. */
const CAUSES: readonly [cause: string, fits: (frame: CallFrame) => boolean][] = [
  [IDLE, ({ functionName }) => functionName === '(idle)'],
  ['garbage', ({ functionName }) => functionName === '(garbage collector)'],
  [NATIVE, ({ functionName }) => functionName === '(program)'],
  ['feedback', ({ functionName }) => /feedback/i.test(functionName)],
  ['our stages', ({ url }) => /\/recorder\/(bytes|rtp|depacketize|timeline|slate|flv)\//.test(url)],
  [
    'to and from the audio workers',
    ({ url }) => /\/recorder\/audio\/|^node:.*child_process$|^node:v8$/.test(url),
  ],
  ['writing', ({ url }) => /\/recorder\/storage\/|\/recordings\/|^node:.*\bfs\b/.test(url)],
  ['files and tracks', ({ url }) => /\/recorder\/(person|file)\//.test(url)],
  ['receiving', ({ url }) => /\/recorder\/ingest\/|^node:.*\bdgram$/.test(url)],
  ['timers', ({ url }) => /\/service\/clock\.ts$|^node:.*\btimers$/.test(url)],
];

/** The profile that a process has left in this folder. */
export async function readProfile(folder: string): Promise<Profile> {
  const [name] = await readdir(folder);
  if (name === undefined) throw new Error(`no profile lies in ${folder}`);
  return profileSchema.parse(JSON.parse(await readFile(join(folder, name), 'utf8')));
}

/** Which part of the time that was not idle went where, between two instants of the monotonic clock in µs. Sums up to 1. */
export function shares(profile: Profile, fromUs: number, toUs: number): Map<string, number> {
  const causeOf = causesOfNodes(profile);
  const spentUs = new Map<string, number>();
  let atUs = profile.startTime;
  for (const [place, id] of profile.samples.entries()) {
    // V8 tells how long before a sample the one before it was taken.
    atUs += profile.timeDeltas[place] ?? 0;
    const cause = causeOf.get(id) ?? REST;
    if (cause === IDLE || atUs < fromUs || atUs > toUs) continue;
    spentUs.set(cause, (spentUs.get(cause) ?? 0) + (profile.timeDeltas[place + 1] ?? 0));
  }
  const sumUs = [...spentUs.values()].reduce((sum, us) => sum + us, 0);
  return new Map([...spentUs].map(([cause, us]) => [cause, us / sumUs]));
}

function causesOfNodes({ nodes }: Profile): Map<number, string> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const causeOf = new Map<number, string>();
  const visit = (id: number, outer: string): void => {
    const node = byId.get(id);
    if (!node) return;
    const cause = CAUSES.find(([, fits]) => fits(node.callFrame))?.[0] ?? outer;
    causeOf.set(id, cause);
    for (const child of node.children ?? []) visit(child, cause);
  };
  if (nodes[0]) visit(nodes[0].id, REST);
  return causeOf;
}
