import { formatDuration } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import type { ManifestFile } from '#protocol/manifest.ts';
import classes from './quality-report.module.css';
import { qualityInWords } from './quality-words.ts';

/** How good a file is, in words; the figures behind it for whoever opens them. */
export function QualityReport({ file }: { file: ManifestFile }) {
  const words = useText();
  const { report: text, locale } = words;
  if (file.state === 'writing') return null;
  const number = (value: number, digits = 1) =>
    new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
  const { audio, gaps, losses, name, resolutions, sha256, startOffsetMs, sync } = file;
  const isPerfect = gaps.length === 0 && losses.length === 0;
  const facts: [string, string][] = [
    [
      text.resolutions,
      resolutions.length === 0
        ? text.noPicture
        : resolutions
            .map(({ atMs, height, width }) => `${formatDuration(atMs)} ${width} × ${height}`)
            .join(', '),
    ],
    [text.codecsName, text.codecs(audio.codec, number(audio.sampleRate / 1000), audio.channels)],
    [
      text.syncName,
      sync
        ? `${text.sync(number(sync.p50ErrorMs), number(sync.p95ErrorMs))}; ${text.drift(number(sync.driftPpm))}`
        : text.noSync,
    ],
    [text.starts, `${number(startOffsetMs / 1000, 3)} s`],
    [text.fileName, name],
    [text.sum, sha256 ?? text.sumLater],
  ];
  return (
    <>
      <p className={classes.verdict} data-perfect={isPerfect || undefined}>
        {qualityInWords(file, words)}
      </p>
      <details className={classes.details}>
        <summary>{text.details}</summary>
        <dl className={classes.facts}>
          {facts.map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}
