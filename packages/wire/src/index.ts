/** The codec kit: tables of wire facts that encode, decode and explain; IP addresses and prefixes. */
export {
  type Address,
  type AddressFamily,
  address,
  addressFamily,
  addressFromBytes,
  addressToBytes,
  ipv4,
  ipv4FromNumber,
  ipv4ToNumber,
  ipv6,
  ipv6FromBytes,
  ipv6ToBytes,
  parseAddress,
} from './address.ts';
export { type ArrayCodec, array } from './array.ts';
export {
  type AttributesCodec,
  type AttributeTable,
  align4,
  attributes,
  nested,
  type RepeatedCodec,
  repeated,
  type UnknownAttribute,
} from './attributes.ts';
export {
  type AnyCodec,
  type AnyFixedCodec,
  type Codec,
  DecodeError,
  decode,
  EncodeError,
  type ExplainedField,
  encode,
  type FixedCodec,
  type InputOf,
  requireBytes,
  type ValueOf,
  viewOf,
} from './codec.ts';
export { type EnumerationCodec, enumeration, type FlagsCodec, flags } from './enumeration.ts';
export { explain, explainInto, fieldAt, joinPath, printExplanation } from './explain.ts';
export { type HeadedCodec, headed } from './headed.ts';
export { i32, i64, littleEndianHost, u8, u16, u16be, u32, u32be, u64, u64be } from './integers.ts';
export {
  addressBits,
  comparePrefixes,
  lengthFromMask,
  maskFromLength,
  type Prefix,
  parseInterfaceAddress,
  parsePrefix,
  prefixAddress,
  prefixContains,
  prefixFromBytes,
  prefixLength,
  prefixOf,
  sortByPrefix,
} from './prefix.ts';
export { type Members, type Padding, padding, type StructCodec, struct } from './struct.ts';
export { bytes, bytesAt, cString, fixedBytes, hex, present } from './text.ts';
export { utf8Decode, utf8Encode } from './utf8.ts';
export { type VariantsCodec, variants } from './variants.ts';
