import { useText } from '#client/text/use-text.ts';
import type { ManifestFile } from '#protocol/manifest.ts';
import { ExportControl } from './export-control.tsx';

/** What a file can be turned into, for programs that do not play FLV. */
export function FileExports({ recordingId, file }: { recordingId: string; file: ManifestFile }) {
  const { report: text } = useText();
  return (['mp4', 'audio'] as const).map((kind) => (
    <ExportControl
      key={kind}
      recordingId={recordingId}
      body={{ kind, file: file.name }}
      make={text.make[kind]}
      keep={text.save[kind]}
    />
  ));
}
