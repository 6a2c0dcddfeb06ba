// Runs on whatever Node the machine has, so it is plain JavaScript and old syntax only.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    'Belfry needs Node 24; this is ' +
      process.version +
      '. On Linux x64 and arm64 `npm ci` brings it along; elsewhere install Node 24.\n',
  );
  process.exit(1);
}
