import ts from 'typescript';

/** A function with a body, and the lines of code in it. */
export interface FunctionLength {
  name: string;
  /** line in the file, from 1 */
  line: number;
  lines: number;
}

/** Every function of a source and its length from its first line to its last. Blank lines and comments do not count. */
export function functionLengths(path: string, text: string): FunctionLength[] {
  const source = ts.createSourceFile(
    path,
    text,
    ts.ScriptTarget.Latest,
    true,
    path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const addLines = (node: ts.Node, lines: Set<number>) => {
    const children = node.getChildren(source).filter((child) => !ts.isJSDoc(child));
    for (const child of children) addLines(child, lines);
    if (children.length > 0) return;
    // A token: a template or a text in JSX may run over several lines.
    const [first, last] = [lineOf(node.getStart(source)), lineOf(node.getEnd())];
    for (let line = first; line <= last; line++) lines.add(line);
  };
  const found: FunctionLength[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const lines = new Set<number>();
      addLines(node, lines);
      found.push({ name: nameOf(node, source), line: lineOf(node.getStart(source)) + 1, lines: lines.size });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Its own name, that of what holds it, or what it is given to. */
function nameOf(node: ts.SignatureDeclaration, source: ts.SourceFile): string {
  const { name, parent } = node;
  if (name) return name.getText(source);
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) return parent.name.getText(source);
  if (ts.isCallExpression(parent)) return `${parent.expression.getText(source)}(..)`;
  return 'a function';
}
