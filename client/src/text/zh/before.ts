import type { Source } from '#protocol/people.ts';
import type { CaptureProblem, ChosenKind, DeviceKind } from '../../session/ports/capture.ts';
import type { Text } from '../en/en.ts';

const pictureName = (source: Source): string => (source === 'screen' ? '屏幕共享' : '摄像头');

const deviceNames: Record<DeviceKind, string> = { camera: '摄像头', microphone: '麦克风' };

const names: Record<ChosenKind, string> = { ...deviceNames, speaker: '扬声器' };

const problems: Record<CaptureProblem, (device: string) => string> = {
  refused: (device) => `${device}的使用权限被拒绝。请在浏览器地址栏中允许，然后重新打开。`,
  missing: (device) => `没有找到${device}。请连接设备后再打开。`,
  busy: (device) => `${device}正被其他程序占用，或没有响应。请关闭该程序后再打开。`,
  insecure: (device) =>
    `此页面不是通过 HTTPS 打开的，浏览器不允许使用${device}。请使用 https:// 开头的地址。`,
  lost: (device) => `${device}已断开，或权限已被撤回。请重新打开。`,
  failed: (device) => `无法打开${device}。请重试，或重新启动浏览器。`,
};

export const lobby: Text['lobby'] = {
  title: '准备好加入了吗？',
  loading: '正在查找会议',
  yourName: '您的姓名',
  nameNeeded: '请先填写姓名，让其他人知道您是谁。',
  join: '加入会议',
  asHost: '此会议由您创建，您将以主持人身份加入。',
  recorded: '此会议正在录制。加入前会先征求您的同意。',
  cameraOff: '摄像头已关闭',
  cameraOpening: '正在打开摄像头…',
  asking: '请在浏览器询问时允许使用摄像头和麦克风，之后可以随时关闭。',
  nothing: '没有摄像头和麦克风也可以加入，您仍能看到和听到其他人。',
  missingTitle: '无法在此加入',
  retry: '重试',
  waiting: '已通知主持人您在等候。获准后您将自动进入会议。',
  elsewhere: '您已在另一个窗口中参加此会议。如果在这里以相同的姓名加入，那个窗口将离开会议。',
  stopWaiting: '停止等候',
};

export const devices: Text['devices'] = {
  microphone: '麦克风',
  camera: '摄像头',
  screen: '共享屏幕',
  choose: names,
  automatic: '自动',
  unnamed: (kind, number) => `${names[kind]} ${number}`,
  level: '麦克风音量',
  problem: (kind, problem) => problems[problem](deviceNames[kind]),
  bothProblem: (problem) => problems[problem]('摄像头和麦克风'),
  silenced: (kind) =>
    kind === 'microphone'
      ? '系统占用了麦克风（例如来电）：其他人听不到您。结束后会自动恢复。'
      : '系统占用了摄像头：其他人看不到您。结束后会自动恢复。',
  screenSilenced:
    '系统目前没有提供您所共享内容的画面：其他人看到的是最后一幅画面，或没有画面。请将共享的窗口置于前台，或重新共享。',
  encoderReplaced: (source) =>
    `浏览器没有编码出您的${pictureName(source)}画面，现已改用另一种方式（VP8）发送。`,
  encoderFailed: (source) =>
    `浏览器没有编码出您的${pictureName(source)}画面：其他人看不到，也不会被录制。请关闭后重新打开，或换用其他浏览器。`,
  isReplaced: (label) => `${label || '麦克风'}已断开，已改用另一个麦克风。`,
  isBack: (label) => `${label || '麦克风'}已重新连接。`,
  useAgain: '重新使用',
  screenProblem: '无法共享屏幕。请重试，或改为共享一个窗口。',
};

export const connection: Text['connection'] = {
  label: '连接',
  connecting: '正在连接…',
  connected: '已连接',
  lost: '正在重新连接…',
  refused: '未连接',
  lostInMeeting: '与服务器的连接已中断，正在自动恢复，您无需任何操作。',
  rejoined: '您已重新连接。',
};
