import { formatClock } from '#client/text/format.ts';
import { useText } from '#client/text/use-text.ts';
import type { Manifest } from '#protocol/manifest.ts';
import classes from './recording.module.css';

/** Who was told, who agreed, declined or withdrew, and when. */
export function ConsentLedger({ manifest }: { manifest: Manifest }) {
  const { report: text, locale } = useText();
  if (manifest.consent.length === 0) return null;
  return (
    <section className={classes.panel} aria-labelledby="consent">
      <h2 className={classes.panelTitle} id="consent">
        {text.consent}
      </h2>
      <p className={classes.soft}>{text.consentHint}</p>
      <ol className={classes.list}>
        {manifest.consent.map(({ atMs, connectionId, consent, erase, name }) => (
          <li key={`${atMs}/${connectionId}/${consent}`}>
            <span className={classes.words}>
              <strong>{name}</strong> {text.consentWords[consent]}
              {erase === true && `, ${text.erased}`}
            </span>
            <time className={classes.soft} dateTime={new Date(atMs).toISOString()}>
              {formatClock(atMs, locale)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  );
}
