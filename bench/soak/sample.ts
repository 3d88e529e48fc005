import type { MeasuredProcess } from './measured-process.ts';
import { osFigures } from './os-figures.ts';
import type { SoakSystem } from './system.ts';

export const PARTS = ['sfu', 'media workers', 'recorder', 'audio workers', 'archive'] as const;
export type Part = (typeof PARTS)[number];

export const FIGURES = [
  'heapBytes',
  'pssBytes',
  'rssBytes',
  'descriptors',
  'sockets',
  'udpPorts',
  'timers',
  'handles',
] as const;
export type Figure = (typeof FIGURES)[number];

/** What each part holds on to at one moment; a media or audio worker knows neither heap nor timers. */
export type Sample = Record<Part, Partial<Record<Figure, number>>>;

/** Measures all processes, one after another. */
export async function takeSample({ archive, recorder, sfu }: SoakSystem): Promise<Sample> {
  return {
    sfu: await ofProcess(sfu),
    'media workers': osFigures(sfu.pids.children),
    recorder: await ofProcess(recorder),
    'audio workers': osFigures(recorder.pids.children),
    archive: await ofProcess(archive),
  };
}

async function ofProcess(server: MeasuredProcess): Promise<Partial<Record<Figure, number>>> {
  const { handles, heapBytes, timers } = await server.ownFigures();
  return { ...osFigures([server.pids.own]), heapBytes, timers, handles };
}
