import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The project's root folder. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const NOT_OURS = new Set(['node_modules', '.git', '.next']);
// At the root only: scripts/build and scripts/runs are ours.
const MADE = new Set(['build', 'cache', 'artifacts', 'coverage', 'runs', 'types']);
const GENERATED = [
  'src/generated/',
  'contracts/libraries/DevKeys.sol',
  'contracts/mocks/PrunedVerifier.sol',
  'circuits/generated/',
  'docs/contracts.md',
];

/** Paths of all files of the project, relative to its root, with forward slashes; installed and built files left out. */
export function projectFiles(folder = ''): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) || MADE.has(path) ? [] : projectFiles(path);
    return [path];
  });
}

/** Whether a tool wrote the file. */
export function isGenerated(path: string): boolean {
  return GENERATED.some((folder) => path.startsWith(folder));
}

/** An import: the importing file and either the imported file (relative to the root) or the package's specifier. */
export interface Import {
  from: string;
  to: string;
  isPackage: boolean;
}

/** All static and dynamic imports of TypeScript and JavaScript sources, given as path -> text. */
export function importsOf(sources: Map<string, string>): Import[] {
  return [...sources].flatMap(([from, text]) =>
    ts
      .preProcessFile(text, true, true)
      .importedFiles.map(({ fileName }) =>
        fileName.startsWith('.')
          ? { from, to: posix.join(posix.dirname(from), fileName), isPackage: false }
          : { from, to: fileName, isPackage: true },
      ),
  );
}

/** The project's TypeScript and JavaScript sources, path -> text. */
export function scriptSources(): Map<string, string> {
  const paths = projectFiles().filter((path) => /\.(ts|tsx|mjs|js)$/.test(path) && !path.endsWith('.d.ts'));
  return new Map(
    paths.filter((path) => existsSync(join(ROOT, path))).map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]),
  );
}

/** The first circle in the import graph as a list of files (first = last), or undefined. */
export function findCircle(imports: Import[]): string[] | undefined {
  const edges = new Map<string, string[]>();
  for (const { from, to, isPackage } of imports) {
    if (!isPackage) edges.set(from, [...(edges.get(from) ?? []), to]);
  }
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return undefined;
    path.push(file);
    for (const next of edges.get(file) ?? []) {
      const circle = visit(next);
      if (circle) return circle;
    }
    path.pop();
    finished.add(file);
    return undefined;
  };
  for (const file of edges.keys()) {
    const circle = visit(file);
    if (circle) return circle;
  }
  return undefined;
}
