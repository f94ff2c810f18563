import { DEMO_TOKEN } from '../../simulator/api/simulated-api.ts';
import { type StepResult } from './step.ts';

const COMMANDS = ['add-mask', 'debug', 'endgroup', 'error', 'group', 'notice', 'warning'];
/** The runner shows no more of a kind. */
const MOST_ANNOTATIONS = 10;

/** What holds for every step, whatever it is about. Throws what does not. `isCut`: the end of the log was read by nobody. */
export function checkStep(result: StepResult, isCut: boolean): void {
  const broken = [
    ...checkSecrets(result),
    ...checkCommands(result),
    ...(result.code === null || isCut ? [] : checkColour(result)),
  ];
  if (broken.length === 0) return;
  const { entry, code, stdout, stderr } = result;
  throw new Error(`${entry} (exit ${code}) ${broken.join(', and ')}\n${stdout}\n${stderr}`);
}

function checkSecrets({ stdout, stderr, outputs, state, summary }: StepResult): string[] {
  const log = stdout
    .split('\n')
    .filter((line) => !line.startsWith('::add-mask::'))
    .join('\n');
  const places = { stdout: log, stderr, outputs, state, summary };
  return Object.entries(places)
    .filter(([, content]) => JSON.stringify(content).includes(DEMO_TOKEN))
    .map(([place]) => `shows the token in ${place}`);
}

function checkCommands({ commands, annotations, stderr }: StepResult): string[] {
  const strange = commands.filter(({ name }) => !COMMANDS.includes(name)).map(({ name }) => name);
  const many = ['notice', 'warning', 'error'].filter(
    (kind) => annotations.filter((annotation) => annotation.kind === kind).length > MOST_ANNOTATIONS,
  );
  const empty = annotations.filter(({ title, text }) => title === '' || text.trim() === '');
  return [
    ...strange.map((name) => `gives the command ${name}`),
    ...many.map((kind) => `has more than ten annotations of the kind ${kind}`),
    ...empty.map(({ kind, title }) => `has an empty ${kind} '${title}'`),
    ...(stderr === '' ? [] : ['writes to stderr']),
  ];
}

/** Red says why, and green has no error. */
function checkColour({ code, annotations }: StepResult): string[] {
  const errors = annotations.filter(({ kind }) => kind === 'error');
  if (code === 0 && errors.length > 0) return [`is green with the error '${errors[0]?.title}'`];
  if (code === 1 && errors.length === 0) return ['is red without an error'];
  return code === 0 || code === 1 ? [] : ['ends with another exit code than 0 and 1'];
}
