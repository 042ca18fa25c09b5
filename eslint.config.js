// The linter: typed rules with zero warnings, and the house rules of lint/rules.js.
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { underhood } from './lint/rules.js';

const CONFIGURATIONS = ['*.config.ts', '*.config.js', '**/astro.config.*'];

export default defineConfig([
  {
    ignores: [
      '**/node_modules',
      '**/dist',
      '**/.astro',
      'labs/content/**',
      'site/public/**',
      '**/*.d.ts',
      '**/*.d.mts',
    ],
  },
  {
    files: ['**/*.{ts,js,mjs}'],
    plugins: { underhood },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'underhood/import-direction': 'error',
      'underhood/file-name': 'error',
      'underhood/first-line': 'error',
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-control-regex': 'error',
      'no-restricted-exports': [
        'error',
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false } },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_',
          varsIgnorePattern: '^_',
          caughtErrorsIgnorePattern: '^_',
          ignoreUsingDeclarations: true,
        },
      ],
      // An interface may promise a promise where this implementation has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='it'][callee.property.name=/^(only|skip|todo)$/]",
          message:
            'A test that does not run keeps no promise: repair it or remove it (it.skipIf with a reason is fine).',
        },
      ],
    },
  },
  {
    // A test reaches into what a mock or a report holds; `expect` says enough about its type.
    files: ['tests/**/*.ts'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
  {
    // The door is read by Nodes that know no `const`.
    files: ['sandbox/host/enter.mjs'],
    rules: { 'no-var': 'off' },
  },
  {
    files: CONFIGURATIONS,
    // They belong to no project of the compiler.
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
    rules: { 'no-restricted-exports': 'off' },
  },
]);
