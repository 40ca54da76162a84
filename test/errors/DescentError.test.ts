import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DescentError, EXIT_CODES } from '../../src/errors/DescentError.ts';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { InputError } from '../../src/errors/InputError.ts';

describe('DescentError', () => {
  it('writes short message, hint, details and docs on lines of their own', () => {
    const error = new DescentError('The shard is empty.', {
      hint: 'Add rows.',
      details: '0 rows',
      docs: 'protocol.md',
    });
    assert.equal(error.message, 'The shard is empty.\nAdd rows.\nDetails: 0 rows\nDocs: docs/protocol.md');
    assert.equal(error.shortMessage, 'The shard is empty.');
  });

  it('keeps its cause and takes the details from it', () => {
    const cause = new TypeError('bad byte');
    const error = new FileFormatError('The file is damaged.', { cause });
    assert.equal(error.cause, cause);
    assert.equal(error.details, 'bad byte');
    const outer = new DescentError('Training failed.', { cause: error });
    assert.equal(outer.details, 'The file is damaged.');
    assert.equal(outer.walk(), cause);
    assert.equal(
      outer.walk((e) => e instanceof FileFormatError),
      error,
    );
    assert.equal(
      outer.walk((e) => e instanceof RangeError),
      undefined,
    );
  });

  it('has a stable code and an exit code by class', () => {
    assert.equal(new DescentError('x').exitCode, EXIT_CODES.failure);
    assert.equal(new InputError('x').exitCode, EXIT_CODES.usage);
    assert.equal(new FileFormatError('x').exitCode, EXIT_CODES.data);
    assert.equal(new DescentError('x', { exit: 'chain', code: 'NODE_DOWN' }).exitCode, EXIT_CODES.chain);
    assert.equal(new InputError('x').code, 'INVALID_INPUT');
    assert.equal(new Set(Object.values(EXIT_CODES)).size, Object.keys(EXIT_CODES).length);
  });

  it('prints as JSON without empty fields', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(new InputError('Bad.', { hint: 'Do better.' }))), {
      code: 'INVALID_INPUT',
      message: 'Bad.',
      hint: 'Do better.',
    });
  });
});
