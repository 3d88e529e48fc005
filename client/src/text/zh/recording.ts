import type { PersonProgress } from '#protocol/recording-state.ts';
import type { OwnRecordingView } from '../../session/meeting/own-recording.ts';
import type { Text } from '../en/en.ts';

const personStates: Record<PersonProgress['state'], string> = {
  asked: '已询问，尚未答复：不录制',
  declined: '已拒绝：不录制',
  waiting: '等待音视频',
  recording: '正在录制',
  stalled: '已停滞',
  failed: '失败',
};

const ownViews: Record<OwnRecordingView, string> = {
  'sound-only': '正在录制您的声音；您的画面正在等待转换',
  'picture-unsupported': '正在录制您的声音；您的画面大于可录制的尺寸',
  recorded: '您正在被录制',
  'sound-too-fast': '您正在被录制，但收到的声音多于时间所能容纳的量：一部分未录入。',
  'not-recorded': '您未被录制',
  'no-media': '您未被录制：摄像头和麦克风均已关闭。',
  soon: '即将开始录制您',
  stalled: '没有收到您的音视频：目前未录制您。',
  'too-fast': '目前未录制您：您发送的内容多于可录制的量。',
  failed: '您未被录制：录制服务无法接收您的音视频。',
};

export const consent: Text['consent'] = {
  title: '此会议正在录制',
  body: '您的画面和声音会保存为单独的文件，供主持人和本服务器的管理员使用。您可以随时改变决定。',
  accept: '同意',
  decline: '继续，但不录制我',
};

export const recording: Text['recording'] = {
  light: '正在录制',
  starting: '正在启动录制…',
  waiting: '目前没有录制任何内容：没有收到音视频。',
  lost: '录制服务已断开。现在没有录制任何内容，正在等待它恢复。',
  stopping: '正在停止录制…',
  unknown: '连接恢复之前，无法得知录制是否仍在进行。',
  started: '录制已开始。',
  stopped: '录制已停止。',
  endsSoon: (minutes) =>
    `录制即将达到允许的最长时间，将在 ${minutes} 分钟后自动结束。主持人可以重新开始录制。`,
  own: (view) => ownViews[view],
  withdraw: '停止录制我',
  allow: '允许录制我',
  withdrawTitle: '要停止录制您吗？',
  withdrawBody: '从现在起不再录制您的任何内容。已经录下的部分要如何处理？',
  keep: '保留',
  erase: '删除',
  cancel: '取消',
  panel: '谁在被录制',
  panelCount: (recorded, all) => `${all} 人中有 ${recorded} 人正在录制`,
  panelEmpty: '录制服务尚未报告。',
  state: (state) => personStates[state],
  transcodesFull: (atMost) =>
    atMost === 0
      ? '这路画面需要转换，而此服务器已关闭转换。只录制声音。'
      : `这路画面需要转换，而服务器最多同时转换 ${atMost} 路。在有空位之前只录制声音。`,
  all: '本次会议的全部录制',
  ready: '录制已完成。',
  nothing: '没有录制任何内容：没有收到您的音视频。',
  readyForOthers: '录制已完成。创建此会议的人和管理员可以打开它。',
  open: '打开录制',
  close: '关闭',
};
