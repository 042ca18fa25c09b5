// The byte stream between host and guest agent: frame layout, limits and the marker both sides resynchronise on.
//
// A frame is a 9-byte header and a payload:
//   u32 BE payload length | u8 type | u32 BE stream | payload
// `stream` names a terminal, or a call's byte stream; it is 0 where a type needs none.
//
// virtio-serial drops bytes written while the other side is away, and either side may come back in the middle of
// a frame. So a connection begins with MARKER followed by a HELLO frame (host) or a WELCOME frame (guest), and
// each side discards what it reads until then. The guest looks for MARKER in everything it reads: a new host may
// come without the guest having noticed that the old one left. The host, after its WELCOME, is strict: a frame
// that breaks a limit ends the connection.

/** Version of everything in this folder; host and guest must agree exactly, they are shipped together. */
export const PROTOCOL_VERSION = 1;

/** 16 bytes, chosen at random once. */
export const MARKER: Uint8Array = Uint8Array.of(
  0xf5,
  0x1d,
  0xc0,
  0x9a,
  0x37,
  0xe2,
  0x84,
  0x6b,
  0xa9,
  0x03,
  0xde,
  0x58,
  0x91,
  0x7c,
  0xfe,
  0x2f,
);

export const HEADER_BYTES = 9;

/** Largest payload of one frame. 64 KiB keeps a keystroke from waiting long behind bulk output. */
export const MAX_PAYLOAD_BYTES = 64 * 1024;

/** Frame types. JSON payloads are UTF-8 and parsed with the schemas of `messages.ts`. */
export const FRAME = {
  /** host → guest, JSON Hello. */
  hello: 0x01,
  /** guest → host, JSON Welcome. */
  welcome: 0x02,
  /** host → guest, JSON Call: `{id, method, params}`. */
  call: 0x10,
  /** guest → host, JSON Result: `{id, ok: true, value}` or `{id, ok: false, error}`. */
  result: 0x11,
  /** guest → host, JSON GuestEvent. */
  event: 0x12,
  /** guest → host, JSON XrayMessage (xray.ts). Lost ones do not matter: each is whole. */
  xray: 0x13,
  /** guest → host, stream = terminal: u64 BE sequence of the first byte, then raw output bytes. */
  output: 0x20,
  /** host → guest, stream = terminal: u64 BE sequence up to which output was consumed. Opens the window. */
  outputAck: 0x21,
  /** host → guest, stream = terminal: raw input bytes. */
  input: 0x22,
  /** guest → host, stream = terminal: u32 BE count of input bytes handed to the pty since the last one. */
  inputAck: 0x23,
  /** both ways, stream = call id: u8 lane (0 = stdin or the connection itself, 1 = stdout, 2 = stderr), then bytes. */
  data: 0x30,
  /** both ways, stream = call id: u32 BE bytes that may be sent in addition. */
  credit: 0x31,
  /** both ways, stream = call id: u8 lane; nothing more will come on it. */
  end: 0x32,
} as const;

export type FrameType = (typeof FRAME)[keyof typeof FRAME];

/** One frame. `payload` is a view into the receive buffer: copy it to keep it past the callback. */
export type Frame = { readonly type: number; readonly stream: number; readonly payload: Uint8Array };
