// Lint rules of this project: import directions, file names, folder names.
import { relative } from 'node:path';
import { wrongWay } from './directions.js';

const VAGUE = new Set(['utils', 'util', 'lib', 'common', 'helpers', 'misc']);
const KEBAB = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;

const pathOf = (context) => relative(context.cwd, context.filename).replaceAll('\\', '/');

/** @type {import('eslint').Rule.RuleModule} */
const importDirection = {
  meta: { type: 'problem', schema: [], messages: { wrong: '{{instead}}' } },
  create(context) {
    const file = pathOf(context);
    const look = (node, source) => {
      if (typeof source?.value !== 'string') return;
      const instead = wrongWay(file, source.value);
      if (instead !== undefined) context.report({ node, messageId: 'wrong', data: { instead } });
    };
    return {
      ImportDeclaration: (node) => look(node, node.source),
      ExportAllDeclaration: (node) => look(node, node.source),
      ExportNamedDeclaration: (node) => look(node, node.source),
      ImportExpression: (node) => look(node, node.source),
      TSImportType: (node) => look(node, node.source),
    };
  },
};

/** @type {import('eslint').Rule.RuleModule} */
const fileName = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      kebab: 'File names are kebab-case and name one subject: "{{name}}" is not.',
      vague: 'A folder "{{name}}" says nothing about what is in it: name it after its subject.',
    },
  },
  create(context) {
    return {
      Program(node) {
        const folders = pathOf(context).split('/');
        const name = folders.pop();
        if (!KEBAB.test(name)) context.report({ node, messageId: 'kebab', data: { name } });
        const vague = folders.find((folder) => VAGUE.has(folder));
        if (vague !== undefined) context.report({ node, messageId: 'vague', data: { name: vague } });
      },
    };
  },
};

/** @type {import('eslint').Rule.RuleModule} */
const firstLine = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { missing: 'The first line says what this file is: start it with a comment.' },
  },
  create(context) {
    return {
      Program(node) {
        const [first] = context.sourceCode.getAllComments();
        const line = context.sourceCode.text.startsWith('#!') ? 2 : 1;
        if (first === undefined || first.loc.start.line > line) context.report({ node, messageId: 'missing' });
      },
    };
  },
};

/** @type {import('eslint').ESLint.Plugin} */
export const underhood = {
  meta: { name: 'underhood' },
  rules: { 'import-direction': importDirection, 'file-name': fileName, 'first-line': firstLine },
};
