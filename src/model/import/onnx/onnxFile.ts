import { FileFormatError } from '../../../errors/FileFormatError.ts';
import { show } from '../../json.ts';
import {
  bytesOf,
  float,
  floats,
  integer,
  integers,
  many,
  one,
  readMessage,
  type Schema,
  set,
  text,
} from './protobuf.ts';

/** Where a tensor keeps its values; `raw` is little-endian, the others are packed protobuf lists. */
export type Storage = 'raw' | 'float' | 'double' | 'int32' | 'int64';

export interface OnnxTensor {
  name: string;
  dims: number[];
  /** TensorProto.DataType, see `DATA_TYPES`. */
  dataType: number;
  /** Undefined: no values, or they are in another file. */
  values: { storage: Storage; bytes: Uint8Array } | undefined;
  /** 1: the values are in another file. */
  dataLocation: number;
  /** Which file, and where in it. */
  external: { key: string; value: string }[];
}

export interface OnnxAttribute {
  name: string;
  /** AttributeProto.AttributeType. */
  type: number;
  f: number;
  i: number;
  /** At most `MAX_INTEGERS` + 1: a longer list is cut. */
  ints: number[];
  t: OnnxTensor | undefined;
  /** Of a text. */
  s: string;
  /** At most `MAX_FLOATS` + 1: a longer list is cut. */
  floats: number[];
}

export interface OnnxNode {
  name: string;
  op: string;
  domain: string;
  /** '' for an optional input that is absent. */
  inputs: string[];
  outputs: string[];
  attributes: OnnxAttribute[];
}

/** An input of the graph. */
export interface OnnxValue {
  name: string;
  /** TensorProto.DataType. */
  elementType: number;
  /** Undefined: not a tensor, or its shape is not stated. A size is undefined when it is open or has a name. */
  shape: (number | undefined)[] | undefined;
}

export interface OnnxGraph {
  nodes: OnnxNode[];
  initializers: OnnxTensor[];
  inputs: OnnxValue[];
  outputs: string[];
}

export interface OnnxModel {
  graph: OnnxGraph;
  /** Version of the operators of ONNX itself. */
  opset: number;
}

/** The numbers of the data types that are named here. */
export const DATA_TYPES = { FLOAT: 1, INT32: 6, INT64: 7, FLOAT16: 10, DOUBLE: 11, BFLOAT16: 16 } as const;

/** The largest model takes 32 MB. */
const MAX_BYTES = 1 << 26;
const MAX_NODES = 1000;
/** Inputs, outputs and attributes of a node. */
const MAX_PARTS = 64;
const MAX_DIMS = 8;
/** Integers of a shape or of axes; classes have longer lists, which nobody reads. */
export const MAX_INTEGERS = 64;
/** Coefficients of a linear classifier: as many as a layer can have. */
export const MAX_FLOATS = 1 << 23;
/** Of a list that is cut when it is too long. */
const MANY = Number.POSITIVE_INFINITY;

/** Add and Gemm have another meaning before 7; what comes after 26 nobody knows yet. */
const OPSETS = [7, 26] as const;

const OWN_DOMAINS = ['', 'ai.onnx'];
/** Of the operators with which classifiers of scikit-learn give their answers. */
const ML_DOMAIN = 'ai.onnx.ml';

/** Whether a domain is that of ONNX itself. */
export function isOwnDomain(domain: string): boolean {
  return OWN_DOMAINS.includes(domain);
}

const ENTRY: Schema<{ key: string; value: string }> = {
  what: 'an entry of external data',
  fields: {
    1: set('key', text),
    2: set('value', text),
  },
};

const storage = (kind: Storage) =>
  one<OnnxTensor>((tensor, pbf) => {
    const bytes = bytesOf(pbf);
    if (bytes.length === 0) return;
    if (tensor.values) throw new FileFormatError(`The tensor ${show(tensor.name)} has its values twice.`);
    tensor.values = { storage: kind, bytes };
  });

const TENSOR: Schema<OnnxTensor> = {
  what: 'a tensor',
  fields: {
    1: many(MANY, (tensor, pbf) => integers(pbf, tensor.dims, MAX_DIMS)),
    2: set('dataType', integer),
    4: storage('float'),
    5: storage('int32'),
    7: storage('int64'),
    8: set('name', text),
    9: storage('raw'),
    10: storage('double'),
    13: many(MAX_PARTS, (tensor, pbf) => {
      tensor.external.push(readMessage(bytesOf(pbf), ENTRY, { key: '', value: '' }));
    }),
    14: set('dataLocation', integer),
  },
};

function readTensor(bytes: Uint8Array): OnnxTensor {
  const empty = { name: '', dims: [], dataType: 0, values: undefined, dataLocation: 0, external: [] };
  const tensor = readMessage(bytes, TENSOR, empty);
  if (tensor.dims.length > MAX_DIMS) {
    throw new FileFormatError(`The tensor ${show(tensor.name)} has more than ${MAX_DIMS} dimensions.`);
  }
  if (tensor.dims.some((n) => n < 0)) throw new FileFormatError(`The tensor ${show(tensor.name)} has a negative size.`);
  return tensor;
}

const ATTRIBUTE: Schema<OnnxAttribute> = {
  what: 'an attribute',
  fields: {
    1: set('name', text),
    2: set('f', float),
    3: set('i', integer),
    4: set('s', text),
    5: set('t', (pbf) => readTensor(bytesOf(pbf))),
    7: many(MANY, (attribute, pbf) => floats(pbf, attribute.floats, MAX_FLOATS)),
    8: many(MANY, (attribute, pbf) => integers(pbf, attribute.ints, MAX_INTEGERS)),
    20: set('type', integer),
  },
};

const NODE: Schema<OnnxNode> = {
  what: 'a node',
  fields: {
    1: many(MAX_PARTS, (node, pbf) => node.inputs.push(text(pbf))),
    2: many(MAX_PARTS, (node, pbf) => node.outputs.push(text(pbf))),
    3: set('name', text),
    4: set('op', text),
    5: many(MAX_PARTS, (node, pbf) => {
      const empty = { name: '', type: 0, f: 0, i: 0, ints: [], t: undefined, s: '', floats: [] };
      node.attributes.push(readMessage(bytesOf(pbf), ATTRIBUTE, empty));
    }),
    7: set('domain', text),
  },
};

const DIMENSION: Schema<{ size: number | undefined }> = {
  what: 'a dimension',
  fields: {
    1: set('size', integer),
  },
};

const SHAPE: Schema<(number | undefined)[]> = {
  what: 'a shape',
  fields: {
    1: many(MAX_DIMS, (shape, pbf) => shape.push(readMessage(bytesOf(pbf), DIMENSION, { size: undefined }).size)),
  },
};

const TENSOR_TYPE: Schema<OnnxValue> = {
  what: 'a tensor type',
  fields: {
    1: set('elementType', integer),
    2: set('shape', (pbf) => readMessage(bytesOf(pbf), SHAPE, [])),
  },
};

const TYPE: Schema<OnnxValue> = {
  what: 'a type',
  fields: { 1: one((value, pbf) => readMessage(bytesOf(pbf), TENSOR_TYPE, value)) },
};

const VALUE: Schema<OnnxValue> = {
  what: 'an input or output',
  fields: {
    1: set('name', text),
    2: one((value, pbf) => readMessage(bytesOf(pbf), TYPE, value)),
  },
};

const readValue = (bytes: Uint8Array) => readMessage(bytes, VALUE, { name: '', elementType: 0, shape: undefined });

const GRAPH: Schema<OnnxGraph> = {
  what: 'the graph',
  fields: {
    1: many(MAX_NODES, (graph, pbf) => {
      const empty = { name: '', op: '', domain: '', inputs: [], outputs: [], attributes: [] };
      graph.nodes.push(readMessage(bytesOf(pbf), NODE, empty));
    }),
    5: many(MAX_NODES, (graph, pbf) => graph.initializers.push(readTensor(bytesOf(pbf)))),
    11: many(MAX_NODES, (graph, pbf) => graph.inputs.push(readValue(bytesOf(pbf)))),
    12: many(MAX_PARTS, (graph, pbf) => graph.outputs.push(readValue(bytesOf(pbf)).name)),
  },
};

const OPSET: Schema<{ domain: string; version: number }> = {
  what: 'an opset',
  fields: {
    1: set('domain', text),
    2: set('version', integer),
  },
};

const FUNCTION: Schema<{ name: string; domain: string }> = {
  what: 'a function',
  fields: {
    1: set('name', text),
    10: set('domain', text),
  },
};

interface Contents {
  graph: OnnxGraph | undefined;
  opsets: { domain: string; version: number }[];
  functions: { name: string; domain: string }[];
}

const MODEL: Schema<Contents> = {
  what: 'the model',
  fields: {
    7: set('graph', (pbf) =>
      readMessage(bytesOf(pbf), GRAPH, { nodes: [], initializers: [], inputs: [], outputs: [] }),
    ),
    8: many(MAX_NODES, (model, pbf) => model.opsets.push(readMessage(bytesOf(pbf), OPSET, { domain: '', version: 0 }))),
    25: many(MAX_NODES, (model, pbf) =>
      model.functions.push(readMessage(bytesOf(pbf), FUNCTION, { name: '', domain: '' })),
    ),
  },
};

/**
 * Reads the graph of an ONNX file; values of tensors are views of its bytes.
 * @throws FileFormatError for anything truncated, oversized or malformed, for operators whose meaning is not known, or
 * functions in their place
 */
export function readOnnxFile(bytes: Uint8Array): OnnxModel {
  if (bytes.length > MAX_BYTES) {
    throw new FileFormatError(`The ONNX file has ${bytes.length} bytes; at most ${MAX_BYTES} are read.`);
  }
  const { graph, opsets, functions } = readMessage<Contents>(bytes, MODEL, {
    graph: undefined,
    opsets: [],
    functions: [],
  });
  if (!graph) {
    throw new FileFormatError('The file has no graph.', { hint: 'Is this an ONNX model, and is it complete?' });
  }
  // Some writers say the same twice.
  const [version, ...others] = new Set(opsets.filter(({ domain }) => isOwnDomain(domain)).map((own) => own.version));
  if (version === undefined || others.length > 0) {
    const count = version === undefined ? 0 : 1 + others.length;
    throw new FileFormatError(`The file names ${count} versions of ONNX's operators, not one.`);
  }
  if (version < OPSETS[0] || version > OPSETS[1]) {
    throw new FileFormatError(`The file uses opset ${version}; ${OPSETS[0]} to ${OPSETS[1]} are read.`, {
      hint: 'Export with another opset version, or convert with onnx.version_converter.',
    });
  }
  const replaced = functions.find(({ domain }) => isOwnDomain(domain) || domain === ML_DOMAIN);
  if (replaced) throw new FileFormatError(`The file has its own meaning of the operator ${show(replaced.name)}.`);
  return { graph, opset: version };
}
