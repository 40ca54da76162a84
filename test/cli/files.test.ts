import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { writeDurably } from '../../scripts/files/durable.ts';
import { readInput } from '../../scripts/files/read.ts';
import { describeFileError } from '../../scripts/terminal/fileError.ts';
import { descent, smallInputs, temporaryFolder } from './cli.ts';

describe('what stands in the way of a file is told apart', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const failure = (work: () => unknown): string | undefined => {
    try {
      work();
    } catch (error) {
      return describeFileError(error) ?? String(error);
    }
    return assert.fail('it worked');
  };
  const system = (code: string, syscall: string, path: string) =>
    describeFileError(Object.assign(new Error(code), { code, syscall, path }));

  it('a missing file and a missing folder', () => {
    assert.throws(() => readInput(join(folder, 'none')), /Cannot read .*none: it does not exist/);
    assert.throws(() => readInput(join(folder, 'a', 'none')), /there is no folder .*\/a\./);
    assert.equal(system('ENOENT', 'open', join(folder, 'none')), `There is no file ${join(folder, 'none')}.`);
    const deep = join(folder, 'a', 'b', 'none');
    assert.equal(system('ENOENT', 'open', deep), `There is no folder ${join(folder, 'a')}.`);
  });

  it('a file where a folder should be, and the other way round', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    assert.match(failure(() => writeDurably(join(file, 'x'), ''))!, /A part of the path .* is a file, not a folder/);
    mkdirSync(join(folder, 'taken'));
    assert.match(failure(() => writeDurably(join(folder, 'taken'), ''))!, /folder/);
    assert.throws(() => readInput(folder), /it is a folder/);
    assert.throws(() => readInput(join(file, 'x')), /a part of the path is a file/);
  });

  it('no permission to read, none to write, a disk that can only be read, a full one', () => {
    const path = join(folder, 'x', 'model.safetensors');
    assert.equal(system('EACCES', 'open', path), `No permission to read ${path}.`);
    const temporary = join(folder, 'x', '.model.safetensors.12.tmp');
    assert.equal(system('EACCES', 'open', temporary), `No permission to write in the folder ${folder}.`);
    assert.equal(system('EACCES', 'mkdir', join(folder, 'x')), `No permission to write in the folder ${folder}.`);
    assert.equal(system('EROFS', 'mkdir', join(folder, 'x')), `${folder} is on a disk that can only be read.`);
    assert.equal(system('ENOSPC', 'write', path), 'The disk is full.');
    assert.equal(describeFileError(new Error('other')), undefined);
  });

  it('by the commands, in one sentence and without a stack', async () => {
    const { weights, shard } = smallInputs(folder);
    const train = ['train', '--parent', weights, '--shard', shard, '--lr-units', '4', '--batch', '2'];
    const refused = await descent([...train, '--run', '/dev/null/run']);
    assert.equal(refused.code, 2, refused.stderr);
    assert.equal(refused.stderr, 'descent: A part of the path /dev/null/run is a file, not a folder.\n');
  });
});
