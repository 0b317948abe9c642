"""The guide of Trackio for Python, section by section, with its own snippets; nothing in it knows of this server.

    npx trackio show                              # prints the address and a link with the token
    pip install trackio pandas
    TRACKIO_SERVER_URL='http://127.0.0.1:7860?write_token=…' python examples/python/track_guide.py

Videos from numbers need ffmpeg in PATH. `path/to/image.png` is looked for in examples/, whatever the working folder.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import trackio

os.chdir(Path(__file__).parent.parent)
np.random.seed(1)

# Initialization
trackio.init(project="my_project")
trackio.log({"loss": 0.05})
trackio.finish()

# Naming your run
trackio.init(project="my_project", name="my_first_run")

# Logging data
trackio.log({"loss": 0.05})
trackio.log({
    "loss": 0.05,
    "accuracy": 0.95,
})

# Logging tables
df = pd.DataFrame(
    {
        "prompt": ["Trackio", "Logging is"],
        "completion": ["is great!", "easy and fun!"],
        "reward": [0.123, 0.456],
    }
)
trackio.log(
    {
        "loss": 0.04,
        "texts": trackio.Table(dataframe=df),
    }
)

# Logging images
trackio.log({"image": trackio.Image(value="path/to/image.png", caption="Image caption")})

# Logging videos: from a numpy array, a batch of them, a file
frames = np.random.randint(0, 255, (10, 3, 64, 64), dtype=np.uint8)
video = trackio.Video(frames, caption="Random video", fps=30)
trackio.log({"my_video": video})

batch_frames = np.random.randint(0, 255, (3, 10, 3, 64, 64), dtype=np.uint8)
batch_video = trackio.Video(batch_frames, caption="Batch of videos", fps=15)
trackio.log({"batch_videos": batch_video})

video = trackio.Video("path/to/video.mp4", caption="Video from file")
trackio.log({"file_video": video})

# Finishing a run
trackio.finish()

# Resuming a run
trackio.init(project="my_project", name="my_first_run", resume="must")
trackio.log({"loss": 0.03})
trackio.finish()

# Tracking configuration
trackio.init(
    project="my_project",
    name="my_first_run",
    config={
        "learning_rate": 0.001,
        "batch_size": 32,
    }
)
trackio.log({"loss": 0.02})
trackio.finish()
