import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { ClockLink } from "./components/clock-link.tsx";
import { LiveButton } from "./components/live-button.tsx";
import { Navigation } from "./components/navigation.tsx";
import { ReadButton, ReadProblem } from "./components/read-button.tsx";
import { SearchBox } from "./components/search-box.tsx";
import { Shortcuts } from "./components/shortcuts.tsx";
import { SourceBanner } from "./components/source-banner.tsx";
import { ThemeButton } from "./components/theme-button.tsx";
import { NOT_IN_CLOUD, NotInCloud } from "./pages/cloud/not-in-cloud.tsx";
import { DeadLetters } from "./pages/dead-letters/dead-letters.tsx";
import { Definitions } from "./pages/definitions/definitions.tsx";
import { Faults } from "./pages/faults/faults.tsx";
import { Overview } from "./pages/overview/overview.tsx";
import { QueuePage } from "./pages/queue/queue-page.tsx";
import { Schedule } from "./pages/schedule/schedule.tsx";
import { TaskPage } from "./pages/task/task-page.tsx";
import { Tasks } from "./pages/tasks/tasks.tsx";
import { hrefOf, route } from "./state/router.ts";
import { isCloud, server } from "./state/server.ts";
import { usePlace } from "./state/use-place.ts";
import { useTitle } from "./state/use-title.ts";

/** The frame of all pages, and the page that the address names. */
export function App(): JSX.Element {
  const main = useRef<HTMLElement>(null);
  const { path, entry } = route.value;
  useTitle(main);
  usePlace(main, entry);
  return (
    <div class="app">
      <SourceBanner />
      <header class="top">
        <a class="brand" href={hrefOf([])}>
          cloudtask
        </a>
        {server().pollMs === undefined ? <LiveButton /> : <ReadButton />}
        {!isCloud() && <ClockLink />}
        <SearchBox />
        <ThemeButton />
        <Shortcuts />
      </header>
      <Navigation />
      <main class="main" ref={main} tabIndex={-1}>
        <ReadProblem />
        <CurrentPage path={path} />
      </main>
    </div>
  );
}

function CurrentPage({ path }: { readonly path: readonly string[] }): JSX.Element {
  const [page, name, tab] = path;
  if (page === undefined) return <Overview />;
  if (page === "queues" && name !== undefined) return <QueuePage key={name} name={name} {...(tab && { tab })} />;
  if (page === "tasks") return name === undefined ? <Tasks /> : <TaskPage key={name} name={name} />;
  if (page !== undefined && isCloud() && Object.hasOwn(NOT_IN_CLOUD, page)) return <NotInCloud page={page} />;
  if (page === "definitions") return <Definitions />;
  if (page === "schedule") return <Schedule />;
  if (page === "dead-letters") return <DeadLetters />;
  if (page === "faults") return <Faults />;
  return (
    <div class="stack">
      <h1>No such page</h1>
      <p>
        <a href={hrefOf([])}>Overview</a>
      </p>
    </div>
  );
}
