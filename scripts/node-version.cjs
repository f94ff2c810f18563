// Any Node runs this: it says what the others need, which would fail with riddles.
const needed = 24;
const [major = ''] = process.versions.node.split('.');
if (Number(major) < needed) {
  process.stderr.write(
    `This needs Node ${needed}, and ${process.version} is running. On Linux with glibc 'npm ci' brings one;\n` +
      'elsewhere install it, for example from https://nodejs.org, or with the version manager that reads .node-version.\n',
  );
  process.exitCode = 1;
}
