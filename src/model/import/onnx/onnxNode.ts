import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { InputError } from '../../../errors/InputError.ts';
import { show } from '../../json.ts';
import {
  isOwnDomain,
  MAX_FLOATS,
  MAX_INTEGERS,
  type OnnxAttribute,
  type OnnxNode,
  type OnnxTensor,
} from './onnxFile.ts';

const FLOAT = 1;
const INT = 2;
const STRING = 3;
const TENSOR = 4;
const FLOATS = 6;
const INTS = 7;

/** A node and its place in the file, from 1. */
export interface PlacedNode extends OnnxNode {
  place: number;
}

/** The operator with its domain, where that is not ONNX's own. */
export function operatorOf({ op, domain }: OnnxNode): string {
  return isOwnDomain(domain) ? op : `${domain}.${op}`;
}

/** How errors name a node. */
export function labelOf(node: PlacedNode): string {
  return `Node ${node.name === '' ? node.place : show(node.name)} (${show(operatorOf(node)).slice(1, -1)})`;
}

/** @throws InputError naming the node */
export function refuse(node: PlacedNode, message: string, hint: string): never {
  throw new InputError(`${labelOf(node)} ${message}`, { hint });
}

export function integerAttribute(node: PlacedNode, name: string, absent: number): number {
  return attribute(node, name, INT)?.i ?? absent;
}

export function floatAttribute(node: PlacedNode, name: string, absent: number): number {
  const value = attribute(node, name, FLOAT)?.f ?? absent;
  if (!Number.isFinite(value)) throw new FileFormatError(`Attribute ${name} of ${labelOf(node)} is ${value}.`);
  return value;
}

export function integersAttribute(node: PlacedNode, name: string): number[] | undefined {
  return attribute(node, name, INTS)?.ints;
}

export function textAttribute(node: PlacedNode, name: string, absent: string): string {
  return attribute(node, name, STRING)?.s ?? absent;
}

/** @throws FileFormatError for more than a layer can have, and for values that are not finite */
export function floatsAttribute(node: PlacedNode, name: string): number[] {
  const values = attribute(node, name, FLOATS)?.floats ?? [];
  if (values.length > MAX_FLOATS || !values.every(Number.isFinite)) {
    throw new FileFormatError(`Attribute ${name} of ${labelOf(node)} is too long or not finite.`);
  }
  return values;
}

export function tensorAttribute(node: PlacedNode, name: string): OnnxTensor | undefined {
  return attribute(node, name, TENSOR)?.t;
}

/** What a Constant holds: a tensor, an integer or a list of them; undefined for anything else. */
export function constantOf(node: PlacedNode): OnnxTensor | number | number[] | undefined {
  const integer = attribute(node, 'value_int', INT)?.i;
  return tensorAttribute(node, 'value') ?? integer ?? integersAttribute(node, 'value_ints');
}

function attribute(node: PlacedNode, name: string, type: number): OnnxAttribute | undefined {
  const [found, ...more] = node.attributes.filter((one) => one.name === name);
  if (found && (more.length > 0 || found.type !== type || found.ints.length > MAX_INTEGERS)) {
    throw new FileFormatError(`Attribute ${name} of ${labelOf(node)} comes twice, is too long or of another type.`);
  }
  return found;
}
