import { type Alert } from '../../github/log.ts';
import { renderSummary, type Summary } from '../../github/summary.ts';
import { type Deps } from './deps.ts';
import { alertOf, CancelledError, AlreadyReportedError } from './errors.ts';

/** The headline of a dry run that found a mistake. */
export function describeFailedPlan({ title }: Alert): string {
  return `❌ Dry run: ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
}

/** A job summary, with what each has: what happened, which step it was, and where to read on. */
export function renderReport(
  summary: Omit<Summary, 'events' | 'step' | 'linkTo'>,
  { log, job }: Pick<Deps, 'log' | 'job'>,
): string {
  return renderSummary({ ...summary, events: log.events(), step: job.origin.step, linkTo: log.linkTo });
}

/**
 * Runs a use case and writes its summary whatever happens. What the use case throws stands in it too: the
 * summary is what a person on call opens first. None is written where `render` has nothing to say.
 */
export async function writeReport(
  deps: Pick<Deps, 'log' | 'runner'>,
  body: () => Promise<void>,
  render: (alerts: readonly Alert[]) => string,
): Promise<void> {
  const alerts: Alert[] = [];
  try {
    await body();
  } catch (error) {
    const reported = error instanceof CancelledError || error instanceof AlreadyReportedError;
    if (!reported) alerts.push(alertOf(error));
    throw error;
  } finally {
    const summary = render([...alerts, ...deps.log.alerts()]);
    if (summary !== '') await deps.runner.writeSummary(summary);
  }
}
