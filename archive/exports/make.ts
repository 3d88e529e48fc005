import type { Log } from '../../service/log.ts';
import type { Store } from '../store/store.ts';
import { copyMaker } from './copy.ts';
import { groupMaker } from './group/make-group.ts';
import type { Maker } from './maker.ts';

/** Makes whatever kind of file a job asks for. */
export function exportMaker(parts: { store: Store; ffmpeg: string; log: Log }): Maker {
  const copy = copyMaker(parts);
  const group = groupMaker(parts);
  return (work) => (work.job.kind === 'group-mp4' ? group(work) : copy(work));
}
