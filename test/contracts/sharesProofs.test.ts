// contracts/mocks/SharesProofs.sol, proved by solc's SMTChecker with z3.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILE = 'contracts/mocks/SharesProofs.sol';
const NO_SOLVER = spawnSync('z3', ['--version']).status === 0 ? false : 'z3 is not installed';
/** Of z3 for one query, in seconds; each takes less than one second on an idle core. */
const PATIENCE = 60;

interface Compiler {
  compile(input: string, callbacks: object): string;
}

interface Finding {
  severity: string;
  formattedMessage: string;
}

const read = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8');

/** What z3 says of a query of the checker. */
function solve(query: string): { contents: string } {
  const { stdout } = spawnSync('z3', ['-in', '-smt2', `-T:${PATIENCE}`], { input: query, encoding: 'utf8' });
  return { contents: /^(un)?sat/.test(stdout) ? stdout : 'unknown\n' };
}

/** What the checker finds in a text of the file. */
function check(text: string): Finding[] {
  const solc = createRequire(import.meta.url)('solc') as Compiler;
  const modelChecker = {
    engine: 'bmc',
    targets: ['assert', 'overflow', 'underflow', 'divByZero'],
    solvers: ['smtlib2'],
    contracts: { [FILE]: ['SharesProofs'] },
    showProvedSafe: true,
    showUnproved: true,
    timeout: 0,
  };
  const input = { language: 'Solidity', sources: { [FILE]: { content: text } }, settings: { modelChecker } };
  const callbacks = { import: (path: string) => ({ contents: read(path) }), smtSolver: solve };
  return JSON.parse(solc.compile(JSON.stringify(input), callbacks)).errors ?? [];
}

const ofChecker = (findings: readonly Finding[], severity: string) =>
  findings
    .filter((finding) => finding.severity === severity && finding.formattedMessage.includes('BMC: '))
    .map(({ formattedMessage }) => formattedMessage);

describe('the arithmetic of credit', { skip: NO_SOLVER }, () => {
  const text = read(FILE);
  let findings: Finding[];
  before(() => {
    findings = check(text);
  });

  it('is proved for all amounts and shares: every assertion, and that nothing wraps around or is divided by zero', () => {
    assert.deepEqual(
      findings.filter(({ severity }) => severity === 'error'),
      [],
    );
    assert.deepEqual(ofChecker(findings, 'warning'), []);
    const proved = ofChecker(findings, 'info').filter((message) =>
      message.includes('Assertion violation check is safe'),
    );
    assert.equal(proved.length, text.match(/ assert\(/g)?.length);
  });

  it('is not proved where it is wrong', () => {
    const wrong = text.replace('assert(rest + owed <= paid)', 'assert(rest + owed < paid)');
    assert.notEqual(wrong, text);
    const warnings = ofChecker(check(wrong), 'warning');
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /Assertion violation happens here[\s\S]*rest \+ owed < paid/);
  });
});
