/** What `docs/api-notes.md` leaves open, each as a switch with a default, a help text and a parser. */
import { contractSwitches } from './contract.ts';
import { SwitchError } from './switch-readers.ts';
import { SPECS } from './switch-specs.ts';

type Specs = typeof SPECS;
export type SwitchName = keyof Specs;
/** One value per switch; see `--help` of the simulator for what each means. */
export type Switches = { -readonly [Name in SwitchName]: ReturnType<Specs[Name]['read']> };

/** The names of all switches, in the order of the help text. */
export const SWITCH_NAMES = Object.keys(SPECS) as readonly SwitchName[];

/** All switches at their defaults: what is documented or assumed. */
export function defaultSwitches(): Switches {
  return Object.fromEntries(SWITCH_NAMES.map((name) => [name, SPECS[name].value])) as unknown as Switches;
}

/** All switches as a simulated API begins: the defaults, and over them what a contract says (`docs/contract.md`). */
export function initialSwitches(): Switches {
  return { ...defaultSwitches(), ...readSwitches(contractSwitches()) };
}

/** Reads switches from JSON or from texts; an unknown name or a wrong value throws a {@link SwitchError}. */
export function readSwitches(raw: unknown): Partial<Switches> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new SwitchError('switches are an object: {"name": value}');
  }
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, readSwitch(name, value)]));
}

/** Reads `name=value`. */
export function readSwitchText(assignment: string): Partial<Switches> {
  const at = assignment.indexOf('=');
  if (at < 1) throw new SwitchError(`a switch is written name=value, not "${assignment}"`);
  return readSwitches({ [assignment.slice(0, at)]: assignment.slice(at + 1) });
}

function readSwitch(name: string, value: unknown): unknown {
  if (!Object.hasOwn(SPECS, name)) {
    throw new SwitchError(`no switch is called "${name}"; known: ${SWITCH_NAMES.join(', ')}`);
  }
  try {
    return SPECS[name as SwitchName].read(value);
  } catch (error) {
    if (!(error instanceof SwitchError)) throw error;
    throw new SwitchError(`switch ${name}: ${JSON.stringify(value)} is not ${error.message}`, {
      cause: error,
    });
  }
}

/** One paragraph per switch, for `--help`. */
export function describeSwitches(): string {
  return SWITCH_NAMES.map((name) => {
    const { value, accepts, help } = SPECS[name];
    const shown = Array.isArray(value)
      ? value.join(accepts.startsWith('SECONDS') ? '-' : ',')
      : String(value);
    return `  ${name}=${shown}\n      ${help} (${accepts})`;
  }).join('\n');
}
