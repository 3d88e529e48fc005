import { formatBytes, formatDate, formatDuration } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import type { RecordingSummary } from '#protocol/http/recordings.ts';
import type { Manifest } from '#protocol/manifest.ts';
import classes from './recording.module.css';

/** When it was, how long, how large, and who was there: what one reads first. */
export function RecordingFacts({ manifest, summary }: { manifest: Manifest; summary: RecordingSummary }) {
  const { archive: text, locale } = useText();
  const isLive = manifest.state === 'recording';
  const facts: [string, string][] = [
    [text.started, formatDate(manifest.startedAtMs, locale)],
    [text.columns.duration, formatDuration(summary.durationMs) + (isLive ? `, ${text.stillOn}` : '')],
    [text.columns.size, formatBytes(summary.bytes, locale)],
    ...(manifest.host ? [[text.host, manifest.host.name] satisfies [string, string]] : []),
    [text.people, [...new Set(manifest.people.map(({ name }) => name))].join(', ')],
  ];
  return (
    <dl className={classes.facts} aria-label={text.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
