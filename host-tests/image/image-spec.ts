/**
 * What the OCI image specification 1.1 demands of the files of a layout (descriptor.md, image-index.md, manifest.md,
 * config.md, image-layout.md), as JSON Schema. Members that it does not define are refused: they would be mistakes of ours.
 */
const digest = { type: "string", pattern: "^sha256:[0-9a-f]{64}$" };

/** RFC 6838 §4.2. */
const mediaType = { type: "string", pattern: "^[A-Za-z0-9][\\w!#$&.+^-]{0,126}/[A-Za-z0-9][\\w!#$&.+^-]{0,126}$" };

const annotations = { type: "object", additionalProperties: { type: "string" }, propertyNames: { minLength: 1 } };

const descriptor = {
  type: "object",
  required: ["mediaType", "digest", "size"],
  additionalProperties: false,
  properties: { mediaType, digest, size: { type: "integer", minimum: 0 }, annotations },
};

/** index.json */
export const INDEX_SCHEMA = {
  type: "object",
  required: ["schemaVersion", "mediaType", "manifests"],
  additionalProperties: false,
  properties: {
    schemaVersion: { const: 2 },
    mediaType: { const: "application/vnd.oci.image.index.v1+json" },
    manifests: { type: "array", items: descriptor },
  },
};

export const MANIFEST_SCHEMA = {
  type: "object",
  required: ["schemaVersion", "mediaType", "config", "layers", "annotations"],
  additionalProperties: false,
  properties: {
    schemaVersion: { const: 2 },
    mediaType: { const: "application/vnd.oci.image.manifest.v1+json" },
    config: descriptor,
    layers: { type: "array", minItems: 1, items: descriptor },
    annotations,
  },
};

/** The configuration of an image; that of an artifact is not of this type. */
export const CONFIG_SCHEMA = {
  type: "object",
  required: ["architecture", "os", "rootfs"],
  additionalProperties: false,
  properties: {
    created: { type: "string", format: "date-time" },
    architecture: { type: "string", minLength: 1 },
    os: { type: "string", minLength: 1 },
    config: {
      type: "object",
      additionalProperties: false,
      properties: { Labels: annotations },
    },
    rootfs: {
      type: "object",
      required: ["type", "diff_ids"],
      additionalProperties: false,
      properties: { type: { const: "layers" }, diff_ids: { type: "array", items: digest } },
    },
    history: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        properties: { created: { type: "string", format: "date-time" }, created_by: { type: "string" } },
      },
    },
  },
};

/** oci-layout */
export const LAYOUT_SCHEMA = { const: { imageLayoutVersion: "1.0.0" } };
