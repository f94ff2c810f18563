/**
 * All in which a workflow of `examples/` or a block of the docs differs, while it runs here, from what it says. The
 * text itself gets the lines of `substitute` and no other change, which `__tests__/unit/docs/examples.test.ts` shows;
 * everything else is given to act from outside.
 */
import { REPOSITORY } from '../runner/actions.ts';

/** Inputs that each step of these actions gets where it has none: the simulator instead of VPS.org, and its pace. */
const ADDED = ['api_url: ${{ vars.VPS_API_URL }}', 'poll_interval: 100ms'] as const;
const WITHOUT_POLLING = [`${REPOSITORY}/delete@v1`, `${REPOSITORY}/prune@v1`];

/** The reader's application: here any address that answers with 2xx. */
const HEALTH_ADDRESS = /(?<=health_url: )https:\/\/.+$/;
const HEALTH_STAND_IN = '${{ vars.HEALTH_URL }}';

/** The port of the reader's own simulator: here a free one, since somebody may use that on this machine. */
const OWN_PORT = /(?<=--port |127\.0\.0\.1:)8799\b/;
const FREE_PORT = '${{ vars.FREE_PORT }}';

/** What the reader has to store. */
export const SECRETS = {
  VPS_API_TOKEN: 'vps_demo_token',
  SSH_KEY: 'demo-ssh-key',
  SSH_KNOWN_HOSTS: 'demo-known-hosts',
  CHAT_WEBHOOK: 'https://chat.example.com/hook',
} as const;

/** `runs-on`: labels of jobs that run on this machine. */
export const RUNNER_LABELS = ['ubuntu-latest', 'self-hosted'] as const;

/** `uses`: repositories that are answered from here, with a file of this one in the place of a path of theirs. */
export const LIBRARY = {
  repository: 'acme/deploy-workflows',
  path: '.github/workflows/deploy.yml',
  file: 'examples/reusable-workflow.yml',
} as const;

/** Where this repository can be cloned from. */
export const CLONE_ADDRESS = `https://github.com/${REPOSITORY}`;

/** Commands first in PATH, and one in the repository's root, which `stand-in.ts` stands for. */
export const COMMANDS = ['ssh', 'ssh-agent', 'ssh-add', 'rsync', 'docker', 'curl', 'make', 'npm'] as const;
export const SCRIPT = 'deploy.sh';

/** What cannot run here, and is read by the linters only. */
export const LINTED_ONLY: readonly string[] = ['examples/enterprise-server.yml'];

/** Whether the mapping that begins at a line, below an indent, has an input. */
function has(lines: readonly string[], from: number, indent: string, input: string): boolean {
  const end = lines.findIndex((line, index) => index >= from && !line.startsWith(`${indent}  `));
  return lines
    .slice(from, end === -1 ? lines.length : end)
    .some((line) => line.startsWith(`${indent}  ${input.replace(/:.*/, '')}:`));
}

/** The text of a workflow, with the simulator's address in every step of these actions. */
export function substitute(text: string): string {
  const lines = text.split('\n');
  let added: readonly string[] = [];
  return lines
    .flatMap((line, index) => {
      const uses = /^[ -]*uses: (?<uses>\S+)/.exec(line)?.groups?.['uses'];
      if (uses !== undefined)
        added = uses.startsWith(REPOSITORY) ? ADDED.slice(0, WITHOUT_POLLING.includes(uses) ? 1 : 2) : [];
      const indent = /^(?<indent> +)with:$/.exec(line)?.groups?.['indent'];
      if (indent === undefined)
        return [line.replace(HEALTH_ADDRESS, () => HEALTH_STAND_IN).replace(OWN_PORT, () => FREE_PORT)];
      const missing = added.filter((input) => !has(lines, index + 1, indent, input));
      return [line, ...missing.map((input) => `${indent}  ${input}`)];
    })
    .join('\n');
}
