// The door: every npm script comes in here, with whatever Node the machine has. Old syntax only, so that an old Node can say it is old.
var major = Number(process.versions.node.split('.')[0]);
if (major >= 18) {
  import('./enter/verbs.mjs').then(function (verbs) {
    return verbs.run(process.argv.slice(2));
  });
} else {
  var korean = /^ko/.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '');
  console.error(
    korean
      ? 'Node.js 18 이상이 필요합니다. 현재 버전은 ' +
          process.versions.node +
          '입니다. (Debian, Ubuntu: apt install nodejs npm)'
      : 'Node.js 18 or newer is needed; this is ' +
          process.versions.node +
          '. (Debian, Ubuntu: apt install nodejs npm)',
  );
  process.exitCode = 1;
}
