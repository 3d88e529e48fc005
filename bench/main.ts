import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { audioCodecSchema } from '#protocol/people.ts';
import { runBare } from './bare.ts';
import { buildOf, profiled, thisBuild } from './build.ts';
import { readProfile, shares } from './causes.ts';
import { runFfmpeg } from './ffmpeg.ts';
import { runJanus } from './janus.ts';
import type { Load, Row } from './load.ts';
import { makeMedia } from './media.ts';
import { measureStages } from './stages.ts';
import { runVerbatim } from './verbatim.ts';
import { printWhole } from './whole/whole.ts';

const SIZES = '10,30,60,100,150';
const WHOLE_SIZES = Array.from({ length: 30 }, (_, index) => 10 * (index + 1)).join();

const HELP = `npm run bench [-- OPTIONS]

Replays the same datagrams to our recorder and to one ffmpeg per participant, at the same time, and prints what each costs.

  --participants 10,30,60,100,150   how many people
  --talking all,fifth               everyone talks, or one in five
  --seconds 20                      how long each is measured
  --ffmpeg 30                       up to how many people ffmpeg is measured with: it fills the machine early
  --janus                           Debian's janus in ffmpeg's place: it writes every packet as it comes
  --audio aac                       aac, or opus: sound is kept as it was sent
  --causes                          what the CPU of our recorder goes to, by its profile; ffmpeg is not measured
  --against 0711682                 the recorder of this revision takes the same datagrams at the same time; ffmpeg does not
  --whole                           real media server and recorder together, a size of --participants after the other, until
                                    something is lost; with --against then those of that revision, if it has this
  --watching 0                      with --whole: how many others of a meeting of ten each person also sees and hears

Where ffmpeg is measured, so is a process that receives the same datagrams and does nothing with them. Then each stage
of a packet's way is measured alone, so that a regression shows its room.
`;

/** A row of the table; a ratio only where another one carried the same load. */
function line(row: Row, theirs: Row | undefined): string {
  const ratio = theirs ? row.corePercentPerParticipant / theirs.corePercentPerParticipant : undefined;
  const cells = [
    row.recorder,
    row.participants,
    row.talking,
    `${row.corePercentPerParticipant.toFixed(2)} %`,
    `${(row.memoryBytesPerParticipant / 2 ** 20).toFixed(1)} MiB`,
    row.lostDatagrams,
    row.eventLoopDelayP99Ms === undefined ? '' : `${row.eventLoopDelayP99Ms.toFixed(1)} ms`,
    ratio === undefined
      ? ''
      : `${ratio.toFixed(2)}${theirs && !theirs.recorder.startsWith('verbatim') ? ` (1/${(1 / ratio).toFixed(1)})` : ''}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      participants: { type: 'string' },
      talking: { type: 'string', default: 'all,fifth' },
      seconds: { type: 'string', default: '20' },
      ffmpeg: { type: 'string' },
      against: { type: 'string' },
      audio: { type: 'string', default: 'aac' },
      causes: { type: 'boolean', default: false },
      janus: { type: 'boolean', default: false },
      whole: { type: 'boolean', default: false },
      watching: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  const talking = values.talking.split(',').map((word): Load['talking'] => {
    if (word === 'all' || word === 'fifth') return word;
    throw new Error(`--talking takes all and fifth, not "${word}".\n\n${HELP}`);
  });
  const numbers = (words: string): number[] =>
    words.split(',').map((word) => {
      const number = Number(word);
      if (Number.isInteger(number) && number > 0) return number;
      throw new Error(`"${word}" is no number of people or seconds.\n\n${HELP}`);
    });
  const [seconds = 20] = numbers(values.seconds);
  const ffmpeg = values.ffmpeg ?? (values.against === undefined && !values.causes ? '30' : '0');
  const [ffmpegUpTo = 30] = ffmpeg === '0' ? [0] : numbers(ffmpeg);
  const { against, causes, help, janus, whole } = values;
  const participants = numbers(values.participants ?? (whole ? WHOLE_SIZES : SIZES));
  const audio = audioCodecSchema.parse(values.audio);
  const [watching = 0] = values.watching === '0' ? [0] : numbers(values.watching);
  return {
    ...{ help, participants, talking, seconds, ffmpegUpTo },
    ...{ against, audio, causes, janus, watching, whole },
  };
}

/** One table a load: µs of a core for one person and second. */
async function printCauses({
  audio,
  participants,
  seconds,
  talking,
}: Pick<ReturnType<typeof readArguments>, 'audio' | 'participants' | 'seconds' | 'talking'>): Promise<void> {
  for (const many of participants) {
    for (const who of talking) {
      const load: Load = { participants: many, talking: who, audio, seconds };
      const folder = await mkdtemp(join(tmpdir(), 'verbatim-bench-'));
      try {
        const profiles = join(folder, 'profiles');
        const [row] = await runVerbatim(load, folder, [profiled(await thisBuild(), profiles)]);
        if (!row) continue;
        const { children, fromUs, mainThread, otherThreads, seconds, toUs } = row.spent;
        const inUs = (spentS: number): string => ((spentS / seconds / many) * 1e6).toFixed(0);
        const parts = [...shares(await readProfile(profiles), fromUs, toUs)].sort(([, a], [, b]) => b - a);
        console.log(
          `\n| ${many} people, ${who} talking: what a second of one of them goes to | µs |\n|---|---|`,
        );
        for (const [cause, share] of parts) console.log(`| ${cause} | ${inUs(share * mainThread)} |`);
        console.log(`| other threads: the disk, compiling | ${inUs(otherThreads)} |`);
        console.log(`| audio workers: codecs, and the way there | ${inUs(children)} |`);
        console.log(`| all | ${inUs(mainThread + otherThreads + children)} |`);
      } finally {
        await rm(folder, { recursive: true });
      }
    }
  }
}

async function main(): Promise<void> {
  const { against, audio, causes, ffmpegUpTo, help, janus, participants, seconds, talking, watching, whole } =
    readArguments();
  if (help) return void process.stdout.write(HELP);
  if (causes) return printCauses({ audio, participants, seconds, talking });
  const builds = [await thisBuild(), ...(against === undefined ? [] : [await buildOf(against)])];
  console.log(
    `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, Node ${process.version}\n`,
  );
  if (whole) return printWhole(participants, { audio, seconds, watching }, builds);
  const folder = await mkdtemp(join(tmpdir(), 'verbatim-bench-'));
  const rows: Row[] = [];
  const bare: Pick<Row, 'participants' | 'talking' | 'corePercentPerParticipant'>[] = [];
  console.log(
    '| recorder | people | talking | CPU per person, of a core | memory per person | lost | event loop p99 | CPU to theirs |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
  try {
    for (const many of participants) {
      for (const who of talking) {
        const load: Load = { participants: many, talking: who, audio, seconds };
        // At the same time: a machine is another one a minute later, and ratios would tell of that.
        const [theirs, [ours, before]] = await Promise.all([
          many <= ffmpegUpTo ? (janus ? runJanus : runFfmpeg)(load, folder) : undefined,
          runVerbatim(load, folder, builds),
        ]);
        const others = [theirs, before].filter((row) => row !== undefined);
        for (const other of others) console.log(line(other, undefined));
        if (!ours) continue;
        console.log(line(ours, before ?? theirs));
        rows.push(...others, ours);
        if (!theirs) continue;
        const percent = await runBare(load);
        bare.push({ participants: many, talking: who, corePercentPerParticipant: percent });
        console.log(`| receiving alone | ${many} | ${who} | ${percent.toFixed(2)} % | | | | |`);
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  const stages = await measureStages(makeMedia());
  console.log('\n| stage | ns per packet |\n|---|---|');
  for (const { nsPerPacket, stage } of stages) console.log(`| ${stage} | ${nsPerPacket.toFixed(0)} |`);
  const results = `${JSON.stringify({ rows, receivingAlone: bare, stages }, null, 2)}\n`;
  await writeFile(join(import.meta.dirname, 'results.json'), results);
}

await main();
