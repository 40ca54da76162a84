import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findCircle, type Import, importsOf, isGenerated, projectFiles, ROOT, scriptSources } from './sources.ts';

// Which folders of src a folder of src may import, besides itself. The order is the order of the floors; proof and
// registry share one (a proof is of a registry's statement, a registry's call carries a proof).
const ALLOWED: Record<string, string[]> = {
  errors: [],
  generated: [],
  numbers: ['errors'],
  model: ['numbers', 'errors'],
  argument: ['numbers', 'errors'],
  training: ['model', 'numbers', 'errors'],
  programs: ['argument', 'training', 'model', 'numbers', 'errors'],
  proof: ['registry', 'programs', 'argument', 'training', 'model', 'numbers', 'errors'],
  registry: ['proof', 'programs', 'argument', 'training', 'model', 'numbers', 'errors'],
};

// The same for the folders of scripts. Each folder uses only folders above it in this list, so there are no circles
// between folders. The files of scripts itself are what Node.js starts: they may use all of it.
const ALLOWED_IN_SCRIPTS: Record<string, string[]> = {
  // Before anything is installed: plain JavaScript and Node.js alone.
  bootstrap: [],
  terminal: [],
  files: ['terminal'],
  chain: ['files', 'terminal'],
  build: ['chain', 'files', 'terminal'],
  setup: ['build', 'files', 'terminal'],
  runs: ['setup', 'chain', 'files', 'terminal'],
  actions: ['runs', 'chain', 'files', 'terminal'],
  demo: ['actions', 'runs', 'chain', 'files', 'terminal'],
  commands: ['demo', 'actions', 'runs', 'chain', 'files', 'terminal'],
};

// The same for the page. The types of the domain stand below everything, although they live in lib/chain.
const DOMAIN = ['types', 'creditTypes', 'dataTypes', 'factTypes', 'moneyTypes', 'pageTypes'].map(
  (name) => `web/lib/chain/${name}.ts`,
);
const ALLOWED_IN_WEB: Record<string, string[]> = {
  lib: [],
  'lib/prover': ['lib'],
  'lib/chain': ['lib/prover', 'lib'],
  components: ['lib/prover', 'lib'],
  app: ['components', 'lib/chain', 'lib/prover', 'lib'],
};
// Wallets and what is remembered of the chain's answers belong to lib/chain alone.
const ONLY_IN_LIB_CHAIN = /^(wagmi|@wagmi|@tanstack)(\/|$)/;

// src runs in a browser too: bytes come in, bytes go out.
const FORBIDDEN_IN_SRC =
  /^(node:|fs$|fs\/|path$|os$|child_process$|worker_threads$|crypto$|hardhat|@nomicfoundation\/|react|next|commander)/;

/** What tests and measures the rest: it may use all of it, and nothing may use it. */
const BESIDE = ['test', 'bench', 'verifiers'];

/** What is wrong with an import, or undefined. */
function complaint({ from, to, isPackage }: Import): string | undefined {
  const [area, folder = ''] = from.split('/');
  const [toArea, toFolder = ''] = to.split('/');
  if (isPackage && area === 'web') {
    return ONLY_IN_LIB_CHAIN.test(to) && floorInWeb(from) !== 'lib/chain'
      ? `${from} imports ${to}, which only web/lib/chain may use`
      : undefined;
  }
  if (isPackage) {
    return area === 'src' && FORBIDDEN_IN_SRC.test(to)
      ? `${from} imports ${to}, which a browser does not have`
      : undefined;
  }
  if (BESIDE.includes(area)) return undefined;
  if (BESIDE.includes(toArea)) return `${from} imports ${to}: nothing may depend on tests`;
  if (area === 'scripts' && toArea === 'web') return `${from} imports ${to}: scripts may only use src`;
  if (area === 'scripts') return complaintInScripts({ from, to, isPackage });
  if (area === 'web') return complaintInWeb({ from, to, isPackage });
  if (area !== 'src') return undefined;
  if (toArea !== 'src') return `${from} imports ${to}: src may only use src`;
  if (from === 'src/index.ts' || folder === toFolder) return undefined;
  // Generated files import nothing: kernels in WebAssembly, the contract's interface.
  if (toFolder === 'generated') return undefined;
  if (!(folder in ALLOWED)) return `${from}: the folder src/${folder} has no place in the list of floors`;
  return ALLOWED[folder].includes(toFolder)
    ? undefined
    : `${from} imports ${to}: src/${folder} may not use src/${toFolder}`;
}

function complaintInScripts({ from, to }: Import): string | undefined {
  const [, folder, isInFolder] = from.split('/');
  const [toArea, toFolder] = to.split('/');
  if (isInFolder === undefined) return undefined;
  if (!(folder in ALLOWED_IN_SCRIPTS))
    return `${from}: the folder scripts/${folder} has no place in the list of floors`;
  if (folder === 'bootstrap' && toArea !== 'scripts') return `${from} imports ${to}, which needs what is not installed`;
  if (toArea !== 'scripts' || folder === toFolder) return undefined;
  return ALLOWED_IN_SCRIPTS[folder].includes(toFolder)
    ? undefined
    : `${from} imports ${to}: scripts/${folder} may not use scripts/${toFolder}`;
}

/** `components`, `lib/chain`, ..; undefined for the files of web itself, which Next.js starts. */
function floorInWeb(path: string): string | undefined {
  const [, ...folders] = path.split('/').slice(0, -1);
  return folders[0] === 'lib' ? folders.slice(0, 2).join('/') : folders[0];
}

function complaintInWeb({ from, to }: Import): string | undefined {
  const [toArea] = to.split('/');
  if (toArea === 'src') return undefined;
  if (toArea !== 'web') return `${from} imports ${to}: the page may only use src`;
  const [floor, toFloor] = [floorInWeb(from), floorInWeb(to)];
  if (floor === undefined || DOMAIN.includes(to) || floor === toFloor) return undefined;
  if (!(floor in ALLOWED_IN_WEB)) return `${from}: the folder web/${floor} has no place in the list of floors`;
  return toFloor !== undefined && ALLOWED_IN_WEB[floor].includes(toFloor)
    ? undefined
    : `${from} imports ${to}: web/${floor} may not use web/${toFloor}`;
}

const check = (sources: Map<string, string>) => importsOf(sources).map(complaint).filter(Boolean);

describe('the import graph', () => {
  it('points downwards only', () => {
    assert.deepEqual(check(scriptSources()), []);
  });

  it('has no circles', () => {
    assert.equal(findCircle(importsOf(scriptSources())), undefined);
  });

  it('would notice an upward import, a file system import, a dynamic import and a dependency on tests', () => {
    const bad: [string, string][] = [
      ['src/model/a.ts', "import { x } from '../proof/prove.ts';"],
      ['src/argument/a.ts', "import type { W } from '../model/weights.ts';"],
      ['src/proof/a.ts', "import { readFile } from 'node:fs/promises';"],
      ['src/proof/b.ts', "const fs = await import('node:fs');"],
      ['src/registry/a.ts', "export { y } from '../../scripts/x.ts';"],
      ['scripts/a.ts', "import '../test/house/sources.ts';"],
      ['src/novel/a.ts', "import '../errors/DescentError.ts';"],
      ['scripts/actions/a.ts', "import { b } from '../commands/data.ts';"],
      ['scripts/runs/a.ts', "const { b } = await import('../actions/trainAll.ts');"],
      ['scripts/files/a.ts', "import type { Run } from '../runs/run.ts';"],
      ['scripts/terminal/a.ts', "export { b } from '../cli.ts';"],
      ['scripts/build/coverage/a.ts', "import '../../setup/keys.ts';"],
      ['scripts/bootstrap/a.mjs', "import '../../src/errors/DescentError.ts';"],
      ['scripts/chain/a.ts', "import '../../web/lib/files.ts';"],
      ['scripts/novel/a.ts', "import '../terminal/plural.ts';"],
      ['web/lib/a.ts', "import { Store } from './chain/store.ts';"],
      ['web/lib/prover/a.ts', "import { readConfig } from '../chain/config.ts';"],
      ['web/lib/chain/a.ts', "import type { B } from '../../components/Mark.tsx';"],
      ['web/components/a.tsx', "import { useWallet } from '../lib/chain/useWallet.ts';"],
      ['web/components/tree/a.tsx', "const b = await import('../../app/Header.tsx');"],
      ['web/components/b.tsx', "import { useAccount } from 'wagmi';"],
      ['web/app/(read)/a.tsx', "import { connect } from 'wagmi/actions';"],
      ['web/app/prove/a.tsx', "import { useQuery } from '@tanstack/react-query';"],
      ['web/app/a.tsx', "import { connect } from '../../scripts/chain/client.ts';"],
      ['web/novel/a.ts', "import '../lib/format.ts';"],
    ];
    for (const [path, text] of bad) assert.equal(check(new Map([[path, text]])).length, 1, path);
  });

  it('takes no downward import for an upward one', () => {
    const good: [string, string][] = [
      ['scripts/commands/a.ts', "import { dataRun } from '../actions/dataRun.ts';"],
      ['scripts/actions/a.ts', "import { b } from './b.ts';"],
      ['scripts/build/coverage/a.ts', "import { b } from '../abi.ts';"],
      ['scripts/cli.ts', "import { createProgram } from './commands/program.ts';"],
      ['scripts/chain/a.ts', "import { InputError } from '../../src/errors/InputError.ts';"],
      ['web/app/(read)/tree/a.tsx', "import { useWallet } from '../../../lib/chain/useWallet.ts';"],
      ['web/components/tree/a.tsx', "import type { Model } from '../../lib/chain/types.ts';"],
      ['web/components/a.tsx', "import { CHECK_NAMES } from '../lib/prover/checks.ts';"],
      ['web/lib/chain/a.ts', "import { useAccount } from 'wagmi';"],
      ['web/lib/a.ts', "import type { Model } from './chain/types.ts';"],
      ['web/proxy.ts', "import { readConfig } from './lib/chain/config.ts';"],
    ];
    for (const [path, text] of good) assert.deepEqual(check(new Map([[path, text]])), [], path);
  });

  it('has floors: each folder of scripts stands in the list, after all that it may use', () => {
    const folders = Object.keys(ALLOWED_IN_SCRIPTS);
    const known = new Set(projectFiles('scripts').flatMap((path) => path.split('/').slice(1, -1).slice(0, 1)));
    assert.deepEqual([...folders].sort(), [...known].sort());
    for (const [k, folder] of folders.entries()) {
      for (const below of ALLOWED_IN_SCRIPTS[folder]) assert.ok(folders.indexOf(below) < k, `${folder} uses ${below}`);
    }
  });

  it('has floors in the page as well: each folder stands in the list, after all that it may use', () => {
    const folders = Object.keys(ALLOWED_IN_WEB);
    const known = new Set(
      projectFiles('web')
        .map(floorInWeb)
        .filter((floor) => floor !== undefined),
    );
    assert.deepEqual([...folders].sort(), [...known].sort());
    for (const [k, folder] of folders.entries()) {
      for (const below of ALLOWED_IN_WEB[folder]) assert.ok(folders.indexOf(below) < k, `${folder} uses ${below}`);
    }
    const files = projectFiles('web');
    for (const path of DOMAIN) assert.ok(files.includes(path), path);
  });

  it('is seen where folders are called as those that builds make', () => {
    for (const path of ['scripts/build/abi.ts', 'scripts/build/coverage/plugin.ts', 'scripts/runs/run.ts']) {
      assert.ok(scriptSources().has(path), path);
    }
  });

  it('would notice a circle', () => {
    const circle = new Map([
      ['src/a.ts', "import './b.ts';"],
      ['src/b.ts', "import './c.ts';"],
      ['src/c.ts', "import './a.ts';"],
    ]);
    assert.deepEqual(findCircle(importsOf(circle)), ['src/a.ts', 'src/b.ts', 'src/c.ts', 'src/a.ts']);
  });
});

describe('contracts', () => {
  const importsOfContract = (path: string) =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/^\s*import\s[^;]*?["']([^"']+)["'];/gm)].map(
      (match) => match[1],
    );
  const contracts = projectFiles('contracts').filter((path) => path.endsWith('.sol'));

  it('name verifiers only through interfaces, and interfaces import nothing but interfaces', () => {
    assert.notEqual(contracts.length, 0);
    for (const path of contracts) {
      for (const target of importsOfContract(path)) {
        if (/contracts\/(mocks|examples)\//.test(path)) continue;
        assert.ok(!target.includes('verifiers/'), `${path} imports ${target}`);
        if (path.startsWith('contracts/interfaces/'))
          assert.match(target, /^\.\/[A-Za-z0-9]+\.sol$/, `${path} imports ${target}`);
      }
    }
  });

  it('import what npm installs with the package, which needs nothing else before it installs itself', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const packages = contracts.flatMap(importsOfContract).filter((target) => !target.startsWith('.'));
    assert.notEqual(packages.length, 0);
    const names = packages.map((target) =>
      target
        .split('/')
        .slice(0, target.startsWith('@') ? 2 : 1)
        .join('/'),
    );
    assert.deepEqual(Object.keys(dependencies).sort(), [...new Set(names)].sort());
  });

  it('state their licence', () => {
    for (const path of contracts) {
      const licence = path.startsWith('contracts/interfaces/') ? 'MIT' : 'GPL-3.0';
      assert.match(
        readFileSync(join(ROOT, path), 'utf8'),
        new RegExp(`^// SPDX-License-Identifier: ${licence}`, 'm'),
        path,
      );
    }
  });
});

/** A text without the tables that the build writes into documents. */
function handwritten(text: string): string {
  return text.replace(/<!-- numbering: \w+ -->.*?<!-- end of numbering -->/gs, '');
}

describe('files', () => {
  it('have at most 500 handwritten lines', () => {
    const long = projectFiles()
      .filter((path) => /\.(ts|tsx|mjs|js|sol|circom|css|md)$/.test(path) && !isGenerated(path))
      .map((path) => [path, handwritten(readFileSync(join(ROOT, path), 'utf8')).split('\n').length - 1] as const)
      .filter(([, lines]) => lines > 500);
    assert.deepEqual(long, []);
  });

  it('that a tool wrote say so', () => {
    for (const path of projectFiles().filter((name) => isGenerated(name) && /\.(ts|sol|circom)$/.test(name))) {
      assert.match(readFileSync(join(ROOT, path), 'utf8').slice(0, 800), /generated/i, path);
    }
  });

  it('in a test folder can be run on their own: every folder has its script', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const folders = new Set(
      projectFiles('test')
        .filter((path) => path.endsWith('.test.ts'))
        .map((path) => path.split('/')[1]),
    );
    for (const folder of folders) assert.ok(`test:${folder}` in scripts, `package.json has no script test:${folder}`);
  });
});
