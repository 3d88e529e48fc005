import type { CheckedRecording } from './check-recording.ts';
import type { Diary } from './diary.ts';
import { FIGURES, type Figure, PARTS } from './sample.ts';
import { type Growth, MEMORY_COUNTS_FROM_MS } from './verdict.ts';

const TITLES: Record<Figure, string> = {
  heapBytes: 'heap',
  pssBytes: 'PSS',
  rssBytes: 'RSS',
  descriptors: 'descriptors',
  sockets: 'sockets',
  udpPorts: 'UDP ports',
  timers: 'timers',
  handles: 'handles',
  nodes: 'DOM nodes',
};

/** How many words of each kind of fault are printed. */
const SHOWN_FAULTS = 20;

/** The table: for each part what it held on to at the calmest moment of the first and the last quarter. */
export function growthTable(growth: readonly Growth[]): string[] {
  const measured = PARTS.filter((part) => growth.some((one) => one.part === part));
  const rows = measured.map((part) => {
    const cells = FIGURES.map((figure) =>
      cell(growth.find((one) => one.part === part && one.figure === figure)),
    );
    return `| ${part} | ${cells.join(' | ')} |`;
  });
  const titles = FIGURES.map((figure) => TITLES[figure]);
  return [
    `| first → last quarter | ${titles.join(' | ')} |`,
    `|---|${'---|'.repeat(titles.length)}`,
    ...rows,
  ];
}

function cell(growth: Growth | undefined): string {
  if (!growth) return '';
  const show = (value: number): string =>
    growth.figure.endsWith('Bytes') ? (value / 2 ** 20).toFixed(1) : `${value}`;
  const values = `${show(growth.first)} → ${show(growth.last)}`;
  return growth.isFlat ? values : `**${values}**`;
}

/** The whole report in lines. */
export function report(options: {
  growth: readonly Growth[];
  checked: readonly CheckedRecording[];
  diary: Diary;
  durationMs: number;
  faults: readonly string[];
}): string[] {
  const { checked, diary, durationMs, faults, growth } = options;
  const sum = (of: (one: CheckedRecording) => number): number =>
    checked.reduce((total, one) => total + of(one), 0);
  const errors = checked.flatMap(({ endErrorsMs }) => endErrorsMs).sort((a, b) => a - b);
  const at = (share: number): string =>
    `${Math.round(errors[Math.floor(share * (errors.length - 1))] ?? 0)} ms`;
  const deeds = [...diary.done].sort(([, a], [, b]) => b - a).map(([what, times]) => `${times} × ${what}`);
  const judged =
    durationMs >= MEMORY_COUNTS_FROM_MS ? '' : ' (memory is not judged in less than five minutes)';
  return [
    `${(durationMs / 60_000).toFixed(1)} minutes: ${deeds.join(', ')}.`,
    `${checked.length} recordings, ${sum(({ files }) => files)} files, ${(sum(({ seconds }) => seconds) / 3600).toFixed(2)} hours, ` +
      `${(sum(({ bytes }) => bytes) / 2 ** 20).toFixed(0)} MiB; ends off by ${at(0.5)} (median), ${at(0.95)} (p95), ${at(1)} (most).`,
    '',
    ...growthTable(growth),
    '',
    growth.every(({ isFlat }) => isFlat) ? `Flat${judged}.` : 'NOT FLAT: what is in bold grew.',
    faults.length === 0 ? 'Every file is sound.' : `${faults.length} faults:`,
    ...faults.slice(0, SHOWN_FAULTS).map((words) => `- ${words}`),
  ];
}
