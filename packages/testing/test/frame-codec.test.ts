import { batchFrameCodec, crcFrameCodec } from '@seglog/core';
import { describe, test } from 'vitest';
import { frameCodecConformance } from '../src/index.js';

frameCodecConformance({ describe, test }, 'batch', batchFrameCodec());
frameCodecConformance({ describe, test }, 'plain', crcFrameCodec());
