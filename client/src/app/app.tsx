import { Button } from '@mantine/core';
import { Component, lazy, type ReactNode, Suspense } from 'react';
import { createBrowserRouter, Link, Route, Routes } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { HomePage } from '../features/home/home-page.tsx';
import { TextContext, useText } from '../text/use-text.ts';
import { PageFrame } from '../ui/page-frame.tsx';
import { ResultPage } from '../ui/result-page.tsx';

const MeetingRoute = lazy(() => import('./meeting-route.tsx'));
const ArchiveRoutes = lazy(() => import('../features/archive/archive-routes.tsx'));
const MeetingRecordingsRoute = lazy(() => import('../features/archive/meeting-recordings-page.tsx'));
const RecordRoute = lazy(() => import('./record-route.tsx'));
const SharedRoute = lazy(() => import('../features/archive/shared-page.tsx'));

// This kind of router can hold somebody up on their way out (staying.tsx).
const router = createBrowserRouter([{ path: '*', element: <Pages /> }]);

export function App() {
  return <RouterProvider router={router} />;
}

/** The pages by their addresses, each part in a chunk of its own. */
function Pages() {
  return (
    <LoadBoundary>
      <Suspense fallback={null}>
        <Routes>
          <Route path="/" element={<HomePage />} />
          <Route path="/m/:meetingId" element={<MeetingRoute />} />
          <Route path="/m/:meetingId/recordings" element={<MeetingRecordingsRoute />} />
          <Route path="/record" element={<RecordRoute />} />
          <Route path="/admin/*" element={<ArchiveRoutes />} />
          <Route path="/s/:token" element={<SharedRoute />} />
          <Route path="*" element={<NotFound />} />
        </Routes>
      </Suspense>
    </LoadBoundary>
  );
}

function NotFound() {
  const { frame } = useText();
  return (
    <PageFrame>
      <ResultPage
        title={frame.notFoundTitle}
        actions={
          <Button component={Link} to="/">
            {frame.toHome}
          </Button>
        }
      >
        {frame.notFound}
      </ResultPage>
    </PageFrame>
  );
}

/** A chunk that is no longer there, after an update of the server, or a bug: a reload is the way out of both. */
class LoadBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <TextContext.Consumer>
        {({ frame }) => (
          <PageFrame>
            <ResultPage
              title={frame.loadFailed}
              actions={<Button onClick={() => window.location.reload()}>{frame.reload}</Button>}
            />
          </PageFrame>
        )}
      </TextContext.Consumer>
    );
  }
}
