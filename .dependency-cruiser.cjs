// No cycles, no imports against the directions, nothing that package.json does not name. The table is in lint/directions.js.
const { ROOMS } = require('./lint/directions.js');

const folder = (path) => `^${path}/`;
/** Rooms inside this one have rules of their own. */
const inner = (room) => ROOMS.filter((other) => other.room.startsWith(`${room}/`)).map((other) => folder(other.room));

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or miss a third that both need.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'named-in-package-json',
      comment: 'Install it with its exact version, or use what Node brings.',
      severity: 'error',
      from: {},
      // node:sqlite has no name without the prefix, so the cruiser does not find it among Node's own; `virtual:` is made by a
      // plugin of the site's build.
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'], pathNot: '^(node|virtual):' },
    },
    {
      name: 'no-test-library-outside-tests',
      comment: 'Development dependencies are not there where only the course runs.',
      severity: 'error',
      from: { path: '^(sandbox|labs|site)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    ...ROOMS.map(({ room, to, instead }) => ({
      name: `from-${room.replace('/', '-')}`,
      comment: instead,
      severity: 'error',
      from: { path: folder(room), pathNot: inner(room) },
      to: {
        path: ROOMS.map((other) => folder(other.room)),
        pathNot: [folder(room), ...to.map(folder)],
      },
    })),
    ...ROOMS.filter(({ packages, noNode }) => packages !== undefined || noNode).map(({ room, instead }) => ({
      name: `no-node-in-${room.replace('/', '-')}`,
      comment: instead,
      severity: 'error',
      from: { path: folder(room) },
      to: { dependencyTypes: ['core'] },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^labs/content/', '/\\.astro/', '/dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    cache: false,
  },
};
