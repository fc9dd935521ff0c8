namespace FsxFuse.Model.Tests;

/// <summary>The model in memory must itself be right: the same operations on an ordinary file answer the same.</summary>
public sealed class ByteModelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_model_answers_as_an_ordinary_file_does(int seed)
    {
        string directory = Directory.CreateTempSubdirectory("fsxfuse-model-").FullName;
        IntegrityLane lane = new(new Side(directory));
        try
        {
            IntegrityGenerator generator = new(seed, lane.Model);
            for (int i = 0; i < 3000; i++)
            {
                Operation operation = generator.Next();
                string? difference = operation.IsOfMount ? null : lane.Step(operation);
                Assert.True(difference is null, $"{i}: {operation}\n{difference}");
            }

            Assert.Null(lane.CompareAll());
        }
        finally
        {
            lane.CloseAll();
            Directory.Delete(directory, recursive: true);
        }
    }
}
