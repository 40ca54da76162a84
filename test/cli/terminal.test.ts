import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import { requireSchema, sideBySide } from '../../scripts/runs/schemas.ts';
import { requireYes } from '../../scripts/terminal/ask.ts';
import { alignColumns, drawTree, shortId } from '../../scripts/terminal/drawTree.ts';
import { createOutput, formatSeconds } from '../../scripts/terminal/output.ts';
import { reportError } from '../../scripts/terminal/reportError.ts';
import { InputError } from '../../src/errors/InputError.ts';

function recorder(isTTY = false) {
  const text = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof text) => ({
    isTTY,
    columns: 80,
    write(chunk: string) {
      text[name] += chunk;
    },
  });
  return { text, streams: { stdout: stream('stdout'), stderr: stream('stderr') } };
}

describe('the tree', () => {
  const node = (id: string, parent?: string) => ({ id, parent, columns: [id, `of ${parent ?? 'nobody'}`] });

  it('hangs children below their parent, in the given order, columns aligned', () => {
    const nodes = [node('a'), node('b', 'a'), node('c', 'a'), node('d', 'b'), node('e')];
    assert.equal(
      drawTree(nodes),
      ['a        of nobody', '├─ b     of a', '│  └─ d  of b', '└─ c     of a', 'e        of nobody'].join('\n'),
    );
  });

  it('shows nodes whose parent is unknown, and nothing for nothing', () => {
    assert.equal(drawTree([node('x', 'elsewhere')]), 'x  of elsewhere');
    assert.equal(drawTree([]), '');
  });

  it('may be very deep', () => {
    const nodes = Array.from({ length: 3_000 }, (_, k) => node(`n${k}`, k === 0 ? undefined : `n${k - 1}`));
    assert.equal(drawTree(nodes).split('\n').length, 3_000);
  });

  it('aligns and shortens', () => {
    assert.equal(
      alignColumns([
        ['a', 'bb'],
        ['ccc', 'd'],
      ]),
      'a    bb\nccc  d',
    );
    assert.equal(shortId(`0x${'12345678'.repeat(8)}`), '0x123456…5678');
  });
});

describe('output', () => {
  it('prints the text, or with --json one document in which large numbers keep their digits', () => {
    const plain = recorder();
    createOutput({}, plain.streams).result({ gas: 2n ** 64n }, 'done');
    assert.equal(plain.text.stdout, 'done\n');
    const json = recorder();
    createOutput({ json: true }, json.streams).result({ gas: 2n ** 64n }, 'done');
    assert.deepEqual(JSON.parse(json.text.stdout), { gas: '18446744073709551616' });
    // What a terminal would obey stands as JSON's own escapes, so the document is the same.
    const hostile = { name: 'a\u202eb\u009bc\u{e0041}d\u2028e\ud800f\n😀é' };
    const shown = recorder();
    createOutput({ json: true }, shown.streams).result(hostile, 'done');
    assert.doesNotMatch(shown.text.stdout, /(?!\n)[\p{C}\p{Zl}\p{Zp}]/u);
    assert.deepEqual(JSON.parse(shown.text.stdout), hostile);
  });

  it('shows what strangers wrote without letting it move the cursor, colour, reorder or hide text', () => {
    const hostile = 'a\u001b[31m\u009b2J\u202eb\u2066\u200b\u2028c';
    const marks = /[\p{C}\p{Zl}]/u;
    const said = recorder();
    const output = createOutput({}, said.streams);
    output.note(`${hostile}\nsecond line`);
    output.warn(hostile);
    reportError(new InputError(hostile, { hint: hostile, details: hostile }), { json: false }, said.streams);
    const schema = (name: string) => ({
      format: 'descent-schema/1' as const,
      kind: 'classes' as const,
      columns: [name],
      decimal: '.' as const,
      missing: 'refuse' as const,
      transforms: [],
      classes: ['a', 'b'],
    });
    const [model, rows] = ['a', hostile].map((name) => ({ name, schema: schema(name) }));
    requireSchema(model, rows, true, output);
    const lines = said.text.stderr.split('\n');
    assert.deepEqual(
      lines.filter((line) => marks.test(line)),
      [],
    );
    assert.ok(lines.includes('second line'));
    assert.match(sideBySide([{ what: 'features', a: ['a'], b: [hostile] }], ['x', 'y']), /\\u\{1b\}\[31m\\u\{9b\}/);
  });

  it('shows progress with the time that is left on stderr, rewriting one line of a terminal', () => {
    let now = 0;
    const { text, streams } = recorder(true);
    const { progress } = createOutput({}, streams, () => now);
    progress.stage('prove');
    now = 10_000;
    progress.update(0.25, 'commit');
    progress.done();
    assert.ok(text.stderr.includes('\r\x1b[2Kprove 25 %, 10 s, 30 s left (commit)'), text.stderr);
    assert.match(text.stderr, /prove: 10 s\n$/);
    assert.equal(text.stdout, '');
  });

  it('elsewhere prints whole lines, at most one in ten seconds', () => {
    let now = 0;
    const { text, streams } = recorder();
    const { progress } = createOutput({}, streams, () => now);
    progress.stage('prove');
    for (now = 1_000; now < 25_000; now += 1_000) progress.update(now / 100_000);
    progress.done();
    assert.equal(text.stderr, 'prove ...\nprove 10 %, 10 s, 90 s left\nprove 20 %, 20 s, 80 s left\nprove: 25 s\n');
    assert.doesNotMatch(text.stderr, /\r/);
  });

  it('goes on with the clock while nothing is said', ({ mock }) => {
    mock.timers.enable({ apis: ['setInterval'] });
    let now = 0;
    const { text, streams } = recorder(true);
    const { progress } = createOutput({}, streams, () => now);
    const pass = (seconds: number) => {
      for (let k = 0; k < seconds; k++) {
        now += 1_000;
        mock.timers.tick(1_000);
      }
    };
    progress.stage('wait for the receipt');
    pass(3);
    assert.ok(text.stderr.endsWith('\r\x1b[2Kwait for the receipt 3.0 s'), text.stderr);
    progress.stage('prove');
    pass(10);
    progress.update(0.25, 'commit');
    pass(12);
    assert.ok(text.stderr.endsWith('\r\x1b[2Kprove 25 %, 22 s, 18 s left (commit)'), text.stderr);
    pass(30);
    assert.ok(text.stderr.endsWith('\r\x1b[2Kprove 25 %, 52 s (commit)'), 'no time is left: none is told');
    progress.done();
    const before = text.stderr;
    pass(5);
    assert.equal(text.stderr, before, 'after the end nothing is said');
  });

  it('elsewhere says every ten seconds that it still waits', ({ mock }) => {
    mock.timers.enable({ apis: ['setInterval'] });
    let now = 0;
    const { text, streams } = recorder();
    const { progress } = createOutput({}, streams, () => now);
    progress.stage('wait');
    for (let k = 0; k < 25; k++) {
      now += 1_000;
      mock.timers.tick(1_000);
    }
    progress.done();
    assert.equal(text.stderr, 'wait ...\nwait 10 s\nwait 20 s\nwait: 25 s\n');
  });

  it('is silent with --quiet', () => {
    const { text, streams } = recorder();
    const output = createOutput({ quiet: true }, streams);
    output.progress.stage('prove');
    output.progress.update(1);
    output.note('a note');
    output.progress.done();
    assert.equal(text.stderr, '');
  });

  it('writes times for people', () => {
    assert.deepEqual([0, 0.04, 0.42, 9.96, 42.4, 99.6, 100, 200, 7500].map(formatSeconds), [
      'under 0.1 s',
      'under 0.1 s',
      '0.4 s',
      '10.0 s',
      '42 s',
      '100 s',
      '1 min 40 s',
      '3 min 20 s',
      '2 h 5 min',
    ]);
  });
});

describe('a question before long work', () => {
  const ask = async (answer: string, isTTY = true) => {
    const [stdin, stderr] = [new PassThrough(), new PassThrough()].map((stream) => Object.assign(stream, { isTTY }));
    stdin.end(answer);
    const reason = await requireYes('It takes two days.', '--yes', { stdin, stderr }).catch((error) => error);
    return { reason, said: String(stderr.read() ?? '') };
  };

  it('is answered by yes alone', async () => {
    for (const answer of ['y\n', 'yes\n', ' Y \n']) {
      const { reason, said } = await ask(answer);
      assert.equal(reason, undefined);
      assert.match(said, /It takes two days\.\nBegin\? \[y\/N\]/);
    }
    for (const answer of ['\n', 'n\n', 'yesterday\n', '']) {
      const { reason } = await ask(answer);
      assert.match(reason.message, /Not begun/, JSON.stringify(answer));
    }
  });

  it('is not asked where nobody can answer: the error says how much it is and what to do', async () => {
    const { reason, said } = await ask('y\n', false);
    assert.match(reason.message, /It takes two days/);
    assert.match(reason.hint, /--yes/);
    assert.equal(said, '');
  });
});
