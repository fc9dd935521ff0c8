namespace FsxFuse.Control.Events;

/// <summary>A message is not to be believed. Its sender is told so, and nothing of it is used.</summary>
internal sealed class EventRefusedException(string message, Exception? inner = null) : Exception(message, inner);
