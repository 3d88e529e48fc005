import { coveredMs } from '#client/session/playback/timeline-rows.ts';
import type { Text } from '#client/text/en/en.ts';
import type { ManifestFile } from '#protocol/manifest.ts';

/** How whole a file is, in a sentence: what was lost and where, and what is missing and why. */
export function qualityInWords({ gaps, losses }: Pick<ManifestFile, 'gaps' | 'losses'>, text: Text): string {
  if (gaps.length === 0 && losses.length === 0) return text.report.perfect;
  return `${lossesInWords(losses, text)}; ${gapsInWords(gaps, text)}`;
}

function lossesInWords(losses: ManifestFile['losses'], { report }: Text): string {
  const byHop = (['uplink', 'last', 'unknown'] as const).flatMap((hop) => {
    const packets = losses.filter((loss) => loss.hop === hop).reduce((sum, loss) => sum + loss.packets, 0);
    return packets > 0 ? [report.losses(packets, hop)] : [];
  });
  return byHop.join(', ') || report.noLoss;
}

function gapsInWords(gaps: ManifestFile['gaps'], { locale, report }: Text): string {
  if (gaps.length === 0) return report.noGap;
  const seconds = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(coveredMs(gaps) / 1000);
  const causes = [...new Set(gaps.map(({ cause }) => report.cause(cause)))].join(', ');
  return report.gaps(gaps.length, report.seconds(seconds), causes);
}
