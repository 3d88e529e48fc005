import { useText } from '../text/use-text.ts';
import { PageFrame } from '../ui/page-frame.tsx';
import { ResultPage } from '../ui/result-page.tsx';

/** In place of a meeting, in a browser without WebRTC. */
export function UnsupportedPage() {
  const { unsupported } = useText();
  return (
    <PageFrame>
      <ResultPage title={unsupported.title}>{unsupported.body}</ResultPage>
    </PageFrame>
  );
}
