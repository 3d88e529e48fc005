import type { MeasuredProcess } from './measured-process.ts';
import { osFigures } from './os-figures.ts';
import type { SoakSystem } from './system.ts';

export const PARTS = ['sfu', 'media workers', 'recorder', 'audio workers', 'archive', 'page'] as const;
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
  'nodes',
] as const;
export type Figure = (typeof FIGURES)[number];

/** What one part holds on to: a media or audio worker knows neither heap nor timers, and only a page has nodes. */
export type Figures = Partial<Record<Figure, number>>;
/** What each part holds on to at one moment. */
export type Sample = Record<Part, Figures>;

/** Measures all processes, one after another. @param page what the page that takes part holds on to, if one does */
export async function takeSample({ archive, recorder, sfu }: SoakSystem, page: Figures): Promise<Sample> {
  return {
    sfu: await ofProcess(sfu),
    'media workers': osFigures(sfu.pids.children),
    recorder: await ofProcess(recorder),
    'audio workers': osFigures(recorder.pids.children),
    archive: await ofProcess(archive),
    page,
  };
}

async function ofProcess(server: MeasuredProcess): Promise<Figures> {
  const { handles, heapBytes, timers } = await server.ownFigures();
  return { ...osFigures([server.pids.own]), heapBytes, timers, handles };
}
