import { type ProfileTask, profilesOf } from './profile-task.js';

/** Takes the task that its parent sends, answers with the profiles, and ends. What fails is thrown, and ends it too. */
process.once('message', (task: ProfileTask) => {
  void profilesOf(task).then((profiles) => process.send?.(profiles, () => process.disconnect()));
});
