"""The resident worker: holds law and snapshot in memory and answers pages over a private socket."""
