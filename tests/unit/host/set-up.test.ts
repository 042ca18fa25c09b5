// The set-up's decisions: which system, which packages, whose modules, which words.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import ts from 'typescript';
import { parsePasswd } from '../../../sandbox/host/enter/account.mjs';
import { carriesLimits } from '../../../sandbox/host/enter/cgroup.mjs';
import { needsProfile } from '../../../sandbox/host/enter/confine.mjs';
import { addressOf, checkMachine, distribution } from '../../../sandbox/host/enter/host.mjs';
import { stampFits, wantedStamp } from '../../../sandbox/host/enter/modules.mjs';
import { missingPackages, neededPackages } from '../../../sandbox/host/enter/packages.mjs';
import { languageOf, sentence, TEXT } from '../../../sandbox/host/enter/text.mjs';
import { addTotals, totalsLine, totalsOf } from '../../../sandbox/host/enter/totals.mjs';

const host = join(import.meta.dirname, '../../../sandbox/host');

describe('the host', () => {
  it.each([
    ['ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"', true, 'debian'],
    ['ID=debian\nVERSION_ID="13"', true, 'debian'],
    ['ID=ubuntu\nVERSION_ID="24.04"\nID_LIKE=debian', true, 'ubuntu'],
    ['ID=debian\nVERSION_ID="11"', false, 'debian'],
    ["ID=linuxmint\nVERSION_ID='22'\nID_LIKE='ubuntu debian'", false, 'ubuntu'],
    ['', false, 'debian'],
  ])('is recognised by its os-release: %j', (osRelease, tested, family) => {
    expect(distribution(osRelease)).toMatchObject({ tested, family });
  });

  it('must be Linux on x86_64', () => {
    expect(() => checkMachine('linux', 'x64')).not.toThrow();
    expect(() => checkMachine('linux', 'arm64')).toThrow('arm64');
    expect(() => checkMachine('darwin', 'x64')).toThrow('darwin');
  });

  it('has its address in the environment', () => {
    expect(addressOf({})).toEqual({ host: '127.0.0.1', port: 8080 });
    expect(addressOf({ UNDERHOOD_HOST: '::1', UNDERHOOD_PORT: '81' })).toEqual({ host: '::1', port: 81 });
    expect(() => addressOf({ UNDERHOOD_PORT: 'eighty' })).toThrow('eighty');
    expect(() => addressOf({ UNDERHOOD_PORT: '65536' })).toThrow('65536');
  });

  it('carries limits only with all three controllers', () => {
    expect(carriesLimits('cpuset cpu io memory hugetlb pids rdma misc\n')).toBe(true);
    expect(carriesLimits('cpu memory\n')).toBe(false);
    expect(carriesLimits('')).toBe(false);
  });

  it('gets an AppArmor profile only where user namespaces are restricted and bubblewrap has none', () => {
    const profile = 'profile bwrap /usr/bin/bwrap flags=(unconfined) {\n  userns,\n}\n';
    expect(needsProfile(undefined, [])).toBe(false);
    expect(needsProfile('0\n', [])).toBe(false);
    expect(needsProfile('1\n', [])).toBe(true);
    expect(needsProfile('1\n', ['profile busybox /usr/bin/busybox {\n  userns,\n}\n'])).toBe(true);
    expect(needsProfile('1\n', ['# /usr/bin/bwrap\n userns,\n'])).toBe(true);
    expect(needsProfile('1\n', [profile])).toBe(false);
  });

  it('tells who a user is', () => {
    expect(parsePasswd('underhood:x:998:997:Underhood:/var/lib/underhood:/usr/sbin/nologin\n')).toEqual({
      name: 'underhood',
      uid: 998,
      gid: 997,
      home: '/var/lib/underhood',
    });
  });
});

describe('the packages', () => {
  it('that are missing are those that dpkg does not call installed', () => {
    const status = 'make installed\ng++ config-files\nlibc6 installed\n';
    expect(missingPackages(['make', 'g++', 'python3'], status)).toEqual(['g++', 'python3']);
  });

  it('hold a browser for the tests alone, and only where the distribution has a real one', () => {
    const names = (forTests: boolean, family: string, chromiumPath?: string) =>
      neededPackages({ forTests, family, chromiumPath });
    expect(names(false, 'debian')).not.toContain('chromium');
    expect(names(true, 'debian')).toContain('chromium');
    expect(names(true, 'ubuntu')).not.toContain('chromium');
    expect(names(true, 'debian', '/opt/chrome')).not.toContain('chromium');
  });
});

describe('the stamp of the npm packages', () => {
  const wanted = wantedStamp('{"lock":1}');
  it('fits the lock file that it was made from', () => {
    expect(stampFits(JSON.stringify(wanted), wanted)).toBe(true);
  });
  it.each([
    ['is missing', undefined],
    ['is torn', '{"version":1,'],
    ['is empty', ''],
    ['is of another lock file', JSON.stringify(wantedStamp('{"lock":2}'))],
    ['is of another version of set-up', JSON.stringify({ ...wanted, version: 0 })],
    ['is something else', 'null'],
  ])('does not fit when it %s', (_name, text) => {
    expect(stampFits(text, wanted)).toBe(false);
  });
});

describe('the messages', () => {
  const placeholders = (text: string | undefined) => [...(text ?? '').matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

  it('exist in both languages with the same values', () => {
    expect(Object.keys(TEXT.ko).sort()).toEqual(Object.keys(TEXT.en).sort());
    for (const id of Object.keys(TEXT.en))
      expect([id, placeholders(TEXT.ko[id])]).toEqual([id, placeholders(TEXT.en[id])]);
  });

  it('are all used, and all that are used exist', () => {
    const folders = [join(host, 'enter'), host];
    const sources = folders
      .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
      .filter((file) => /\.(mjs|ts)$/.test(file) && !/text\.(d\.)?m[jt]s$/.test(file))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const named = [
      ...sources.matchAll(/(?:SetupError|\btext)\(\s*(?:\w+ \? )?'([\w-]+)'(?:\s*:\s*'([\w-]+)')?/g),
      ...sources.matchAll(/sentence\(language, '([\w-]+)'/g),
    ].flatMap((match) => [match[1], match[2]].filter((id) => id !== undefined));
    expect([...new Set(named)].sort()).toEqual(Object.keys(TEXT.en).sort());
  });

  it('come in the language of the locale, the more particular variable first', () => {
    expect(languageOf({})).toBe('en');
    expect(languageOf({ LANG: 'ko_KR.UTF-8' })).toBe('ko');
    expect(languageOf({ LANG: 'ko_KR.UTF-8', LC_ALL: 'C.UTF-8' })).toBe('en');
  });

  it('are filled in, and complain about what is not given', () => {
    expect(sentence('en', 'arch', { found: 'arm64' })).toContain('Unsupported architecture: arm64');
    expect(() => sentence('en', 'arch', {})).toThrow('{found}');
    expect(() => sentence('ko', 'nonsense')).toThrow('nonsense');
  });
});

describe('the totals', () => {
  it("are read from Vitest's report, files that did not load included", () => {
    const report = {
      numPassedTests: 3,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 0,
      testResults: [
        { status: 'failed', assertionResults: [{}] },
        { status: 'failed', assertionResults: [] },
        { status: 'passed', assertionResults: [{}] },
      ],
    };
    expect(totalsOf(JSON.stringify(report))).toEqual({ passed: 3, failed: 2, skipped: 2 });
  });

  it("are read from Playwright's report, where a flaky test is a failed one", () => {
    const report = { stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 0 }, errors: [{}] };
    expect(totalsOf(JSON.stringify(report))).toEqual({ passed: 5, failed: 3, skipped: 0 });
  });

  it('count a runner without a report as a failure', () => {
    expect(totalsOf(undefined)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(totalsOf('{"half":')).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('stand alone on one line', () => {
    const sum = addTotals({ passed: 1, failed: 0, skipped: 0 }, { passed: 2, failed: 0, skipped: 0 });
    expect(totalsLine(sum)).toBe('3 passed, 0 failed');
    expect(totalsLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });
});

describe('the door', () => {
  const newerThan = (source: string) => {
    const file = ts.createSourceFile('door.mjs', source, ts.ScriptTarget.Latest, true);
    const found: string[] = [];
    const newer = new Set([
      ts.SyntaxKind.QuestionDotToken,
      ts.SyntaxKind.QuestionQuestionToken,
      ts.SyntaxKind.ArrowFunction,
      ts.SyntaxKind.AwaitExpression,
      ts.SyntaxKind.ClassDeclaration,
      ts.SyntaxKind.ImportDeclaration,
      ts.SyntaxKind.SpreadElement,
      ts.SyntaxKind.TemplateExpression,
      ts.SyntaxKind.NoSubstitutionTemplateLiteral,
    ]);
    const visit = (node: ts.Node): void => {
      if (newer.has(node.kind)) found.push(ts.SyntaxKind[node.kind]);
      if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) !== 0)
        found.push('let or const');
      ts.forEachChild(node, visit);
    };
    visit(file);
    return found;
  };

  it('uses no syntax that an old Node could not even read', () => {
    expect(newerThan(readFileSync(join(host, 'enter.mjs'), 'utf8'))).toEqual([]);
  });

  it('would be caught if it did', () => {
    expect(newerThan('const a = b;')).toEqual(['let or const']);
    expect(newerThan('var a = b?.c;')).toEqual(['QuestionDotToken']);
    expect(newerThan('import a from "b";')).toEqual(['ImportDeclaration']);
  });
});
