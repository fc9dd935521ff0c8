namespace FsxFuse.Model.Tests;

public sealed class ShrinkerTests
{
    [Fact]
    public void Only_what_the_failure_needs_is_left()
    {
        // Fails at the unlink of a when a was made and linked before.
        static Failure? Run(IReadOnlyList<Operation> script)
        {
            bool made = false, linked = false;
            for (int i = 0; i < script.Count; i++)
            {
                made |= script[i] is { Kind: OperationKind.MakeNode, Path: "a" };
                linked |= made && script[i] is { Kind: OperationKind.Link, Path: "a" };
                if (linked && script[i] is { Kind: OperationKind.Unlink, Path: "a" })
                    return new Failure(i, script[i], "wrong");
            }

            return null;
        }

        List<Operation> script = [.. Enumerable.Range(0, 200).Select(i => new Operation(OperationKind.List) { Path = $"d{i}" })];
        script.Insert(17, new Operation(OperationKind.MakeNode) { Path = "a" });
        script.Insert(90, new Operation(OperationKind.Link) { Path = "a", To = "b" });
        script.Insert(151, new Operation(OperationKind.Unlink) { Path = "a" });
        var shrunk = new Shrinker(Run, TimeSpan.FromMinutes(1)).Shrink(script);
        Assert.Equal(["0 MakeNode path=a", "0 Link path=a to=b", "0 Unlink path=a"], shrunk!.Value.Script.Select(operation => operation.ToString()));
        Assert.Equal("wrong", shrunk.Value.Failure.Difference);
    }

    [Fact]
    public void A_script_that_does_not_fail_again_is_not_shrunk() =>
        Assert.Null(new Shrinker(_ => null, TimeSpan.FromMinutes(1)).Shrink([new Operation(OperationKind.Compare)]));
}
