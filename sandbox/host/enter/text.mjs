// Every sentence that set-up says, in English and Korean. `{name}` is filled in.

/** @type {{ en: Record<string, string>, ko: Record<string, string> }} */
export const TEXT = {
  en: {
    arch: 'Unsupported architecture: {found}. Underhood needs an x86_64 (amd64) machine.',
    platform: 'Underhood runs on Linux only; this is {found}.',
    'os-unknown':
      'This is {found}. Underhood is tested on Debian 12, Debian 13 and Ubuntu 24.04; it goes on, but packages will not be installed for you.',
    disk: 'Not enough disk space in {dir}: {free} MiB free, {needed} MiB needed for the first build. Free some space, or choose another folder with UNDERHOOD_CACHE.',
    port: 'Port {port} on {host} is taken by another program. End it, or choose another port: UNDERHOOD_PORT=8081 npm start',
    'port-value': 'UNDERHOOD_PORT must be a number from 0 to 65535, not "{found}".',
    already: 'Underhood is already running (process {pid}). "npm stop" ends it and its machines.',
    'need-root': 'Set-up has to install or build something, which needs root. Run this once: {command}',
    'need-root-why': 'Missing: {what}',
    'what-modules': 'npm packages',
    'what-image': 'guest system',
    packages: 'Installing {count} system packages: {names}',
    'packages-done': 'System packages are installed',
    'packages-missing':
      'These system packages are missing: {names}. Install them with the package manager of your distribution.',
    'apt-failed':
      'Installing the system packages failed. There may be no network at this first build, or another program is using apt. What apt said:',
    'chromium-snap':
      "The tests need Chromium. Ubuntu's chromium is a snap, which they cannot use: install a browser of your own and name it, CHROMIUM_PATH=/path/to/chrome npm test",
    'chromium-path': 'CHROMIUM_PATH names {path}, which cannot be run.',
    modules: 'Installing the npm packages',
    'modules-done': 'npm packages are installed',
    'modules-failed': 'Installing the npm packages failed. There may be no network at this first build. What npm said:',
    pty: 'Building the terminal module',
    'pty-failed': 'Building node-pty failed (it needs python3, make and g++). What the build said:',
    account: 'Creating the system user {user}',
    'account-failed': 'Creating the system user {user} failed:',
    'folder-failed': 'The folder {dir} cannot be used: {reason}',
    apparmor: 'Allowing bubblewrap to make boxes (AppArmor profile {file})',
    'apparmor-failed': 'Loading the AppArmor profile {file} failed; set-up goes on and will see whether boxes work.',
    'box-failed': 'The machines are boxed with bubblewrap, and a box cannot be made here: {reason}',
    'box-userns':
      'Unprivileged user namespaces are switched off. Switch them on: sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000',
    'box-apparmor':
      'AppArmor denies user namespaces. Give /usr/bin/bwrap a profile that allows "userns", or: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
    'box-container':
      'In a container, unprivileged user namespaces must be allowed (Docker: --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined).',
    'mount-failed':
      'The user {user}, who runs the course, cannot read the checkout. Let others read it: chmod -R go+rX {dir} (in a container that forbids mounts, its parent folders too).',
    image: 'Building the guest system',
    'image-done': 'The guest system is built',
    'image-failed': 'Building the guest system failed:',
    'image-network': 'The Debian packages of the guest could not be fetched. A network is needed at the first build.',
    stage: '== {name}',
    'stage-done': '== {name}: {result} in {seconds} s',
    'stage-ok': 'passed',
    'stage-failed': 'FAILED',
    'stage-unknown': 'There is no test stage "{name}". Stages: {known}',
    'verb-unknown': 'There is no command "{name}". Commands: {known}',
    'nothing-to-stop': 'Nothing has been set up yet, so nothing runs.',
    'stopped-server': 'The server and its machines are closed.',
    'stopped-machines': 'Machines ended that no server held any more: {count}',
    'nothing-runs': 'Nothing runs.',
    failed: 'Set-up failed: {reason}',
    elapsed: '{seconds} s',
  },
  ko: {
    arch: '지원하지 않는 아키텍처입니다: {found}. Underhood는 x86_64(amd64) 컴퓨터에서만 동작합니다.',
    platform: 'Underhood는 Linux에서만 동작합니다. 현재 시스템: {found}',
    'os-unknown':
      '현재 시스템은 {found}입니다. Underhood는 Debian 12, Debian 13, Ubuntu 24.04에서 검증했습니다. 계속 진행하지만 패키지를 대신 설치하지는 않습니다.',
    disk: '{dir}의 디스크 공간이 부족합니다. 남은 공간 {free} MiB, 첫 빌드에 필요한 공간 {needed} MiB. 공간을 비우거나 UNDERHOOD_CACHE로 다른 폴더를 지정하십시오.',
    port: '{host}의 {port}번 포트를 다른 프로그램이 사용하고 있습니다. 그 프로그램을 종료하거나 다른 포트를 지정하십시오: UNDERHOOD_PORT=8081 npm start',
    'port-value': 'UNDERHOOD_PORT는 0부터 65535까지의 숫자여야 합니다. 입력된 값: "{found}"',
    already:
      'Underhood가 이미 실행 중입니다(프로세스 {pid}). "npm stop"을 실행하면 서버와 가상 머신이 모두 종료됩니다.',
    'need-root': '설치하거나 빌드할 항목이 있어 root 권한이 필요합니다. 다음 명령을 한 번 실행하십시오: {command}',
    'need-root-why': '없는 항목: {what}',
    'what-modules': 'npm 패키지',
    'what-image': '게스트 시스템',
    packages: '시스템 패키지 {count}개를 설치합니다: {names}',
    'packages-done': '시스템 패키지를 설치했습니다',
    'packages-missing': '다음 시스템 패키지가 없습니다: {names}. 사용 중인 배포판의 패키지 관리자로 설치하십시오.',
    'apt-failed':
      '시스템 패키지를 설치하지 못했습니다. 첫 빌드인데 네트워크가 연결되지 않았거나 다른 프로그램이 apt를 사용 중일 수 있습니다. apt 출력:',
    'chromium-snap':
      '테스트에는 Chromium이 필요합니다. Ubuntu의 chromium은 snap이라 사용할 수 없습니다. 브라우저를 직접 설치하고 경로를 지정하십시오: CHROMIUM_PATH=/path/to/chrome npm test',
    'chromium-path': 'CHROMIUM_PATH에 지정된 파일을 실행할 수 없습니다: {path}',
    modules: 'npm 패키지를 설치합니다',
    'modules-done': 'npm 패키지를 설치했습니다',
    'modules-failed': 'npm 패키지를 설치하지 못했습니다. 첫 빌드인데 네트워크가 연결되지 않았을 수 있습니다. npm 출력:',
    pty: '터미널 모듈을 빌드합니다',
    'pty-failed': 'node-pty를 빌드하지 못했습니다(python3, make, g++ 필요). 빌드 출력:',
    account: '시스템 사용자를 만듭니다: {user}',
    'account-failed': '시스템 사용자를 만들지 못했습니다({user}):',
    'folder-failed': '사용할 수 없는 폴더입니다({dir}): {reason}',
    apparmor: 'bubblewrap이 격리 공간을 만들 수 있게 허용합니다(AppArmor 프로필 {file})',
    'apparmor-failed':
      'AppArmor 프로필을 적용하지 못했습니다({file}). 계속 진행하면서 격리 공간이 만들어지는지 확인합니다.',
    'box-failed': '가상 머신은 bubblewrap으로 격리하는데, 이 시스템에서는 격리 공간을 만들 수 없습니다: {reason}',
    'box-userns':
      '비특권 사용자 네임스페이스가 꺼져 있습니다. 다음 명령으로 켜십시오: sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000',
    'box-apparmor':
      'AppArmor가 사용자 네임스페이스를 막고 있습니다. /usr/bin/bwrap에 "userns"를 허용하는 프로필을 추가하거나 다음 명령을 실행하십시오: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
    'box-container':
      '컨테이너에서 실행하려면 비특권 사용자 네임스페이스를 허용해야 합니다(Docker: --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined).',
    'mount-failed':
      '강의를 실행하는 {user} 사용자에게 체크아웃을 읽을 권한이 없습니다. 다음 명령으로 읽기 권한을 주십시오: chmod -R go+rX {dir} (마운트를 금지하는 컨테이너에서는 상위 폴더에도 권한이 필요합니다.)',
    image: '게스트 시스템을 빌드합니다',
    'image-done': '게스트 시스템을 빌드했습니다',
    'image-failed': '게스트 시스템을 빌드하지 못했습니다:',
    'image-network': '게스트에 들어갈 Debian 패키지를 받지 못했습니다. 첫 빌드에는 네트워크가 필요합니다.',
    stage: '== {name}',
    'stage-done': '== {name}: {result}, {seconds}초',
    'stage-ok': '통과',
    'stage-failed': '실패',
    'stage-unknown': '"{name}"이라는 테스트 단계는 없습니다. 단계: {known}',
    'verb-unknown': '"{name}"이라는 명령은 없습니다. 명령: {known}',
    'nothing-to-stop': '아직 설치되지 않아 실행 중인 것이 없습니다.',
    'stopped-server': '서버와 가상 머신을 종료했습니다.',
    'stopped-machines': '서버 없이 남아 있던 가상 머신 {count}대를 종료했습니다.',
    'nothing-runs': '실행 중인 것이 없습니다.',
    failed: '설치 중 오류가 발생했습니다: {reason}',
    elapsed: '{seconds}초',
  },
};

/**
 * The language of the messages, by the variables that locale(7) names, first one set.
 * @param {Record<string, string | undefined>} env
 * @returns {'ko' | 'en'}
 */
export function languageOf(env) {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return /^ko/i.test(locale) ? 'ko' : 'en';
}

/**
 * The sentence `id` in `language`. An unknown id or a value that is not given is a mistake of ours and throws.
 * @param {'ko' | 'en'} language @param {string} id @param {Record<string, string | number>} [values]
 */
export function sentence(language, id, values = {}) {
  const template = TEXT[language][id];
  if (template === undefined) throw new Error(`no text "${id}" in ${language}`);
  return template.replace(/\{(\w+)\}/g, (_all, name) => {
    if (!(name in values)) throw new Error(`text "${id}" needs {${name}}`);
    return String(values[name]);
  });
}
