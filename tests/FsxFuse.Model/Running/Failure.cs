namespace FsxFuse.Model;

/// <summary>A difference: where in the script, at which operation, and what.</summary>
internal sealed record Failure(int Index, Operation Operation, string Difference);
